import "./segmented.css";
import { useId } from "react";

export type SegmentedProps<Value extends string> = {
  label: string;
  value: Value;
  options: readonly (readonly [value: Value, label: string])[];
  onChange: (value: Value) => void;
};

/** One choice out of few, all in view: a group of radio buttons drawn as one control. */
export function Segmented<Value extends string>({
  label,
  value,
  options,
  onChange,
}: SegmentedProps<Value>) {
  const name = useId();
  return (
    <div className="segmented" role="radiogroup" aria-label={label}>
      {options.map(([each, text]) => (
        <label key={each} className={each === value ? "segment is-on" : "segment"}>
          <input
            type="radio"
            className="vh"
            name={name}
            checked={each === value}
            onChange={() => onChange(each)}
          />
          {text}
        </label>
      ))}
    </div>
  );
}
