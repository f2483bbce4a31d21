import "./feedback.css";
import { CircleAlert } from "lucide-react";

export type NoticeProps = {
  /** What happened, in bold. */
  title?: string;
  /** Why, and what to do next. */
  text?: string;
  action?: { label: string; onAction: () => void };
};

/** Something went wrong: what, why, and what to do. Announced when it appears. */
export function Notice({ title, text, action }: NoticeProps) {
  return (
    <div className="notice" role="alert">
      <CircleAlert size={20} aria-hidden="true" />
      <div className="notice-text">
        {title !== undefined && <b>{title}</b>}
        {text !== undefined && <span>{text} </span>}
        {action && (
          <button type="button" className="text-action" onClick={action.onAction}>
            {action.label}
          </button>
        )}
      </div>
    </div>
  );
}
