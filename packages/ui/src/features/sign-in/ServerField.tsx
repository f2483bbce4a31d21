import { Check, LoaderCircle } from "lucide-react";
import { errorCodeText, t } from "../../i18n/i18n.ts";
import { TextField } from "../../kit/TextField.tsx";
import type { ProbeState } from "./use-server-probe.ts";

export type ServerFieldProps = {
  value: string;
  probe: ProbeState;
  error: string | undefined;
  autoFocus: boolean;
  onChange: (value: string) => void;
};

/** The server's address, checked as it is typed: a check mark, or the problem in words. */
export function ServerField({ value, probe, error, autoFocus, onChange }: ServerFieldProps) {
  const problem = error ?? (probe.kind === "failed" ? errorCodeText(probe.code) : undefined);
  return (
    <TextField
      label={t("signIn.server")}
      name="server"
      inputMode="url"
      autoCapitalize="none"
      autoComplete="url"
      spellCheck={false}
      autoFocus={autoFocus}
      placeholder="chat.example.org"
      value={value}
      error={problem}
      onChange={(event) => onChange(event.target.value)}
      after={
        <span
          role="img"
          aria-label={MARKS[probe.kind]?.() ?? ""}
          hidden={MARKS[probe.kind] === undefined}
          className="field-mark"
        >
          {probe.kind === "found" && <Check size={16} aria-hidden="true" />}
          {probe.kind === "checking" && (
            <LoaderCircle size={16} className="sign-in-spin" aria-hidden="true" />
          )}
        </span>
      }
    />
  );
}

const MARKS: Partial<Record<ProbeState["kind"], () => string>> = {
  found: () => t("signIn.serverFound"),
  checking: () => t("signIn.serverChecking"),
};
