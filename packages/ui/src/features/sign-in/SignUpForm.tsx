import type { Result } from "@parley/protocol/errors.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import { type ReactNode, useState } from "react";
import { t } from "../../i18n/i18n.ts";
import { Button } from "../../kit/Button.tsx";
import { Notice } from "../../kit/Notice.tsx";
import { TextField } from "../../kit/TextField.tsx";
import { ServerField } from "./ServerField.tsx";
import { checkSignUp, type SignUpValues } from "./sign-in-rules.ts";
import { useCheckedForm } from "./use-checked-form.ts";
import type { ProbeState } from "./use-server-probe.ts";

export type SignUpFormProps = {
  server: string;
  /** The code of an invite; empty without one. */
  startInvite: string;
  onServer: (server: string) => void;
  probe: ProbeState;
  /** What has to be said of the server's certificate, if anything. */
  certificate: ReactNode;
  onSubmit: (values: SignUpValues) => Promise<Result<unknown>>;
  onSignIn: () => void;
};

type Typed = Omit<SignUpValues, "server">;
const NOTHING: Typed = { name: "", handle: "", password: "", invite: "" };

/** Creates an account. The field for an invite comes where the server wants one, or has asked for it. */
export function SignUpForm({
  server,
  startInvite,
  onServer,
  probe,
  certificate,
  onSubmit,
  onSignIn,
}: SignUpFormProps) {
  const [typed, setTyped] = useState<Typed>({ ...NOTHING, invite: startInvite });
  const [inviteAsked, setInviteAsked] = useState(startInvite !== "");

  const info = probe.kind === "found" ? probe.info : undefined;
  const closed = info?.signUp === "closed" && info.hasOwner;
  const inviteShown = inviteAsked || (info?.signUp === "invite" && info.hasOwner);

  const checked = useCheckedForm<SignUpValues>({
    values: { ...typed, server },
    check: (values) => checkSignUp(values, inviteShown),
    send: onSubmit,
    refused: ({ code }) => {
      // A first account may need the invite that the server printed, although its policy is open (V14).
      if (code === "invite_required" || code === "invite_invalid") setInviteAsked(true);
    },
  });
  const { errors } = checked;

  function field(name: keyof Typed) {
    return {
      name,
      value: typed[name],
      error: errors[name],
      onChange: (event: { target: { value: string } }): void => {
        const { value } = event.target;
        setTyped((before) => ({ ...before, [name]: value }));
        checked.forget(name);
      },
    };
  }

  return (
    <form ref={checked.form} aria-label={t("signUp.form")} noValidate onSubmit={checked.onSubmit}>
      <h1 className="sign-in-title">{t("signUp.title")}</h1>
      <p className="sign-in-lead">
        {info?.hasOwner === false ? t("signUp.leadOwner") : t("signUp.lead")}
      </p>
      <ServerField
        value={server}
        probe={probe}
        error={errors.server}
        autoFocus={server === ""}
        onChange={(value) => {
          checked.forget("server");
          onServer(value);
        }}
      />
      {certificate}
      <TextField
        label={t("signUp.name")}
        autoComplete="name"
        autoFocus={server !== ""}
        maxLength={LIMITS.nameUnits}
        {...field("name")}
      />
      <TextField
        label={t("signIn.handle")}
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        hint={t("signUp.handleHint", { min: LIMITS.handleMinChars })}
        {...field("handle")}
      />
      <TextField
        label={t("signIn.password")}
        type="password"
        autoComplete="new-password"
        hint={t("signUp.passwordHint", { min: LIMITS.passwordMinChars })}
        {...field("password")}
      />
      {inviteShown && (
        <TextField
          label={t("signUp.invite")}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          hint={t("signUp.inviteHint")}
          {...field("invite")}
        />
      )}
      {(closed || errors.form !== undefined) && (
        <div className="sign-in-notice">
          <Notice text={errors.form ?? t("signUp.closed")} />
        </div>
      )}
      <Button
        type="submit"
        kind="primary"
        className="sign-in-submit"
        busy={checked.isBusy}
        disabled={closed}
      >
        {checked.isBusy ? t("signUp.submitting") : t("signUp.submit")}
      </Button>
      <Button kind="link" className="sign-in-switch" onClick={onSignIn}>
        {t("signUp.toSignIn")}
      </Button>
    </form>
  );
}
