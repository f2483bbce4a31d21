import type { ReactNode } from "react";

export type SettingRowProps = {
  title: string;
  hint?: string;
  value?: string;
  children?: ReactNode;
};

/** One line of the settings: what it is, and its value or control. */
export function SettingRow({ title, hint, value, children }: SettingRowProps) {
  return (
    <div className="setting">
      <div className="setting-text">
        <span>{title}</span>
        {hint !== undefined && <small>{hint}</small>}
      </div>
      {value !== undefined && <bdi className="setting-value">{value}</bdi>}
      {children}
    </div>
  );
}
