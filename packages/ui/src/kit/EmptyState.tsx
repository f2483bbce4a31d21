import "./feedback.css";
import type { ReactNode } from "react";

export type EmptyStateProps = {
  icon: ReactNode;
  title: string;
  hint?: string;
  /** Smaller, for lists and panes. */
  small?: boolean;
  children?: ReactNode;
};

/** Nothing here yet: says why and what to do. */
export function EmptyState({ icon, title, hint, small = false, children }: EmptyStateProps) {
  return (
    <div className={small ? "empty empty-small" : "empty"}>
      <span className="empty-mark" aria-hidden="true">
        {icon}
      </span>
      <p className="empty-title">{title}</p>
      {hint !== undefined && <p className="empty-hint">{hint}</p>}
      {children}
    </div>
  );
}
