import type { HostedAccount } from "@parley/protocol/bridge/contract.ts";
import type { Result } from "@parley/protocol/errors.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import { type FormEvent, useState } from "react";
import { errorText, t } from "../../i18n/i18n.ts";
import { Button } from "../../kit/Button.tsx";
import { TextField } from "../../kit/TextField.tsx";
import { serverName } from "./account-rules.ts";
import { SettingRow } from "./SettingRow.tsx";
import { rowId } from "./settings-index.ts";
import { SignOutConfirm, type SignOutConfirmProps } from "./SignOutConfirm.tsx";

export type ProfileSectionProps = {
  account: HostedAccount;
  /** Messages that signing out would lose. */
  waiting: number;
  onRename: (name: string) => Promise<Result<unknown>>;
  onSignOut: SignOutConfirmProps["onSignOut"];
};

function NameForm({ name, onRename }: { name: string; onRename: ProfileSectionProps["onRename"] }) {
  const [typed, setTyped] = useState(name);
  const [state, setState] = useState<
    { kind: "idle" | "busy" | "saved" } | { kind: "failed"; text: string }
  >({ kind: "idle" });

  async function save(event: FormEvent): Promise<void> {
    event.preventDefault();
    const wanted = typed.trim();
    if (wanted === "") {
      setState({ kind: "failed", text: t("signUp.needName") });
      return;
    }
    setState({ kind: "busy" });
    const result = await onRename(wanted);
    setState(result.ok ? { kind: "saved" } : { kind: "failed", text: errorText(result.error) });
  }

  return (
    <form
      className="settings-name"
      id={rowId("name")}
      noValidate
      onSubmit={(event) => void save(event)}
    >
      <TextField
        label={t("settings.name")}
        value={typed}
        maxLength={LIMITS.nameUnits}
        autoComplete="name"
        error={state.kind === "failed" ? state.text : undefined}
        hint={state.kind === "saved" ? t("settings.nameSaved") : undefined}
        onChange={(event) => {
          setTyped(event.target.value);
          setState({ kind: "idle" });
        }}
      />
      <Button type="submit" busy={state.kind === "busy"} disabled={typed.trim() === name}>
        {t("common.save")}
      </Button>
    </form>
  );
}

/** Who the account is, and the ways out of it. */
export function ProfileSection({ account, waiting, onRename, onSignOut }: ProfileSectionProps) {
  const [asking, setAsking] = useState<"here" | "everywhere" | null>(null);
  const { me } = account;

  return (
    <>
      <h3 className="settings-title">{t("settings.profile")}</h3>
      <p className="settings-lead">
        {t("settings.profileLead", { server: serverName(account.serverUrl) })}
      </p>
      <NameForm name={me.name} onRename={onRename} />
      <SettingRow id="handle" value={`@${me.handle}`} />
      <SettingRow id="role" value={t(`settings.role.${me.role}`)} />
      <SettingRow id="device" value={account.deviceName} />
      <SettingRow id="signOut">
        <Button onClick={() => setAsking("here")}>{t("settings.signOut")}</Button>
      </SettingRow>
      <SettingRow id="signOutEverywhere">
        <Button onClick={() => setAsking("everywhere")}>{t("settings.signOutEverywhere")}</Button>
      </SettingRow>
      <SignOutConfirm
        asking={asking}
        waiting={waiting}
        onSignOut={onSignOut}
        onClose={() => setAsking(null)}
      />
    </>
  );
}
