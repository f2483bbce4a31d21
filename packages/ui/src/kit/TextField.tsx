import "./field.css";
import { type ComponentProps, type ReactNode, useId } from "react";

export type TextFieldProps = Omit<ComponentProps<"input">, "id"> & {
  label: string;
  /** What is wrong with it, in words. */
  error?: string | undefined;
  hint?: string | undefined;
  /** Stands at the end of the field. */
  after?: ReactNode;
};

/** A labelled field with its error under it, tied together for screen readers. */
export function TextField({ label, error, hint, after, className, ...input }: TextFieldProps) {
  const id = useId();
  const note = error ?? hint;
  return (
    <div className={["field", className].filter(Boolean).join(" ")}>
      <label htmlFor={id}>{label}</label>
      <div className={error === undefined ? "field-box" : "field-box is-wrong"}>
        <input
          {...input}
          id={id}
          aria-invalid={error !== undefined || undefined}
          aria-describedby={note === undefined ? undefined : `${id}-note`}
        />
        {after}
      </div>
      {note !== undefined && (
        <p
          id={`${id}-note`}
          className={error === undefined ? "field-hint" : "field-error"}
          aria-live="polite"
        >
          {note}
        </p>
      )}
    </div>
  );
}
