import { type ReactNode, useId } from "react";
import { Select } from "../../kit/Select.tsx";
import { describeSetting, rowId, type SettingId } from "./settings-index.ts";

export type SettingRowProps = {
  id: SettingId;
  /** Instead of the usual description: the state it is in. */
  hint?: string;
  value?: string;
  /** What else belongs to it, in the full width under it. */
  below?: ReactNode;
  children?: ReactNode;
};

/** One line of the settings: what it is, and its value or control. The search brings here. */
export function SettingRow({ id, hint, value, below, children }: SettingRowProps) {
  const words = describeSetting(id);
  const text = hint ?? words.hint;
  return (
    <div className="setting" id={rowId(id)} tabIndex={-1}>
      <div className="setting-text">
        <span>{words.title}</span>
        {text !== "" && <small>{text}</small>}
      </div>
      {value !== undefined && <bdi className="setting-value">{value}</bdi>}
      {children}
      {below !== undefined && <div className="setting-below">{below}</div>}
    </div>
  );
}

export type SwitchRowProps = {
  id: SettingId;
  hint?: string;
  checked: boolean;
  /** It cannot be had here; the hint says why. */
  disabled?: boolean;
  below?: ReactNode;
  onChange: (checked: boolean) => void;
};

/** A setting that is on or off. */
export function SwitchRow(props: SwitchRowProps) {
  const { id, checked, disabled = false, below, onChange } = props;
  const words = describeSetting(id);
  const input = useId();
  const hint = props.hint ?? words.hint;
  return (
    <div className="setting" id={rowId(id)} tabIndex={-1}>
      <label className="setting-text" htmlFor={input}>
        <span>{words.title}</span>
        {hint !== "" && <small id={`${input}-hint`}>{hint}</small>}
      </label>
      <input
        id={input}
        type="checkbox"
        role="switch"
        className="setting-switch"
        checked={checked}
        disabled={disabled}
        onChange={(event) => onChange(event.target.checked)}
      />
      {below !== undefined && <div className="setting-below">{below}</div>}
    </div>
  );
}

export type SelectRowProps<Value extends string> = {
  id: SettingId;
  hint?: string;
  value: Value;
  options: readonly (readonly [value: Value, label: string])[];
  onChange: (value: Value) => void;
  children?: ReactNode;
};

/** A setting with one choice out of several. */
export function SelectRow<Value extends string>(props: SelectRowProps<Value>) {
  const { id, value, options, onChange } = props;
  const words = describeSetting(id);
  const select = useId();
  const hint = props.hint ?? words.hint;
  return (
    <div className="setting" id={rowId(id)} tabIndex={-1}>
      <label className="setting-text" htmlFor={select}>
        <span>{words.title}</span>
        {hint !== "" && <small>{hint}</small>}
      </label>
      <Select id={select} value={value} options={options} onChange={onChange} />
      {props.children}
    </div>
  );
}
