import "./select.css";
import { ChevronDown } from "lucide-react";
import { useId } from "react";

export type SelectProps<Value extends string> = {
  id?: string;
  value: Value;
  options: readonly (readonly [value: Value, label: string])[];
  onChange: (value: Value) => void;
};

/** One choice out of several, drawn by the system. */
export function Select<Value extends string>({ id, value, options, onChange }: SelectProps<Value>) {
  return (
    <span className="select-box">
      <select
        id={id}
        className="select"
        value={value}
        onChange={(event) => {
          const chosen = options.find(([each]) => each === event.target.value);
          if (chosen) onChange(chosen[0]);
        }}
      >
        {options.map(([each, label]) => (
          <option key={each} value={each}>
            {label}
          </option>
        ))}
      </select>
      <ChevronDown size={14} aria-hidden="true" />
    </span>
  );
}

/** A choice with its name before it, on one line. */
export function SelectLine<Value extends string>({
  label,
  hint,
  ...select
}: Omit<SelectProps<Value>, "id"> & { label: string; hint?: string }) {
  const id = useId();
  return (
    <div className="select-line">
      <label htmlFor={id}>
        {label}
        {hint !== undefined && <small>{hint}</small>}
      </label>
      <Select {...select} id={id} />
    </div>
  );
}
