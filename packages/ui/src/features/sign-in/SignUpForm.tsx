import type { Result } from "@parley/protocol/errors.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import { type FormEvent, type ReactNode, useRef, useState } from "react";
import { t } from "../../i18n/i18n.ts";
import { Button } from "../../kit/Button.tsx";
import { Notice } from "../../kit/Notice.tsx";
import { TextField } from "../../kit/TextField.tsx";
import { focusFirstWrong } from "./focus-first-wrong.ts";
import { ServerField } from "./ServerField.tsx";
import { checkSignUp, errorsOf, type FieldErrors, type SignUpValues } from "./sign-in-rules.ts";
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
  const [errors, setErrors] = useState<FieldErrors>({});
  const [busy, setBusy] = useState(false);
  const [inviteAsked, setInviteAsked] = useState(startInvite !== "");
  const form = useRef<HTMLFormElement>(null);

  const info = probe.kind === "found" ? probe.info : undefined;
  const closed = info?.signUp === "closed" && info.hasOwner;
  const inviteShown = inviteAsked || (info?.signUp === "invite" && info.hasOwner);

  function field(name: keyof Typed) {
    return {
      name,
      value: typed[name],
      error: errors[name],
      onChange: (event: { target: { value: string } }): void => {
        const { value } = event.target;
        setTyped((before) => ({ ...before, [name]: value }));
        setErrors(({ [name]: _, ...rest }) => rest);
      },
    };
  }

  function show(next: FieldErrors): void {
    setErrors(next);
    focusFirstWrong(form.current);
  }

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    const values = { ...typed, server };
    const wrong = checkSignUp(values, inviteShown);
    if (Object.keys(wrong).length > 0) {
      show(wrong);
      return;
    }
    setErrors({});
    setBusy(true);
    const result = await onSubmit(values);
    setBusy(false);
    if (result.ok) return;
    const { code } = result.error;
    // A first account may need the invite that the server printed, although its policy is open (V14).
    if (code === "invite_required" || code === "invite_invalid") setInviteAsked(true);
    show(errorsOf(result.error));
  }

  return (
    <form
      ref={form}
      aria-label={t("signUp.form")}
      noValidate
      onSubmit={(event) => void submit(event)}
    >
      <h1 className="sign-in-title">{t("signUp.title")}</h1>
      <p className="sign-in-lead">
        {info?.hasOwner === false ? t("signUp.leadOwner") : t("signUp.lead")}
      </p>
      <ServerField
        value={server}
        probe={probe}
        error={errors.server}
        onChange={(value) => {
          setErrors(({ server: _, ...rest }) => rest);
          onServer(value);
        }}
      />
      {certificate}
      <TextField
        label={t("signUp.name")}
        autoComplete="name"
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
      <Button type="submit" kind="primary" className="sign-in-submit" busy={busy} disabled={closed}>
        {busy ? t("signUp.submitting") : t("signUp.submit")}
      </Button>
      <Button kind="link" className="sign-in-switch" onClick={onSignIn}>
        {t("signUp.toSignIn")}
      </Button>
    </form>
  );
}
