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
  const shared = {
    ...rest,
    className: classes,
    "aria-busy": busy || undefined,
    disabled: busy || rest.disabled,
  };
  return type === "submit" ? (
    <button {...shared} type="submit" />
  ) : (
    <button {...shared} type="button" />
  );
}
