import "./button.css";
import type { ComponentProps } from "react";

export type ButtonProps = ComponentProps<"button"> & {
  kind?: "primary" | "quiet" | "danger" | "link";
  /** Work is under way: the button cannot be pressed again and says so. */
  busy?: boolean;
};

/** A push button. Submits nothing unless `type="submit"`. */
export function Button({
  kind = "quiet",
  busy = false,
  className,
  type = "button",
  ...rest
}: ButtonProps) {
  const classes = ["btn", `btn-${kind}`, className].filter(Boolean).join(" ");
  const shared = { ...rest, className: classes, "aria-busy": busy || undefined };
  if (type === "submit") {
    return <button {...shared} disabled={busy || rest.disabled} type="submit" />;
  }
  // Disabled, it would lose the focus: who waits by keyboard would not be where they were.
  const asleep = busy && { "aria-disabled": true, onClick: undefined };
  return <button {...shared} {...asleep} type="button" />;
}
