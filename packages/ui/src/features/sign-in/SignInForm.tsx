import type { Failure, Result } from "@parley/protocol/errors.ts";
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { t } from "../../i18n/i18n.ts";
import { Button } from "../../kit/Button.tsx";
import { Notice } from "../../kit/Notice.tsx";
import { TextField } from "../../kit/TextField.tsx";
import { focusFirstWrong } from "./focus-first-wrong.ts";
import { ServerField } from "./ServerField.tsx";
import { checkSignIn, errorsOf, type FieldErrors, type SignInValues } from "./sign-in-rules.ts";
import type { ProbeState } from "./use-server-probe.ts";

export type SignInFormProps = {
  server: string;
  startHandle: string;
  onServer: (server: string) => void;
  probe: ProbeState;
  /** What has to be said of the server's certificate, if anything. */
  certificate: ReactNode;
  onSubmit: (values: SignInValues) => Promise<Result<unknown>>;
  onSignUp: () => void;
};

/** Seconds of a pause that are left, counted down; 0 when there is none. */
function usePause(): [seconds: number, start: (ms: number) => void] {
  const [untilMs, setUntilMs] = useState(0);
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const tick = (): void => setSeconds(Math.max(0, Math.ceil((untilMs - Date.now()) / 1000)));
    tick();
    if (untilMs <= Date.now()) return;
    const timer = setInterval(tick, 250);
    return () => clearInterval(timer);
  }, [untilMs]);
  return [seconds, (ms) => setUntilMs(Date.now() + ms)];
}

export function SignInForm({
  server,
  startHandle,
  onServer,
  probe,
  certificate,
  onSubmit,
  onSignUp,
}: SignInFormProps) {
  const [handle, setHandle] = useState(startHandle);
  const [password, setPassword] = useState("");
  const [errors, setErrors] = useState<FieldErrors>({});
  const [busy, setBusy] = useState(false);
  const [pauseSeconds, startPause] = usePause();
  const form = useRef<HTMLFormElement>(null);

  function show(next: FieldErrors): void {
    setErrors(next);
    focusFirstWrong(form.current);
  }

  function showFailure(error: Failure): void {
    if (error.code === "sign_in_paused" && error.retryAfterMs !== undefined) {
      startPause(error.retryAfterMs);
    }
    show(errorsOf(error));
  }

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    const values = { server, handle: handle.trim(), password };
    const missing = checkSignIn(values);
    if (Object.keys(missing).length > 0) {
      show(missing);
      return;
    }
    setErrors({});
    setBusy(true);
    const result = await onSubmit(values);
    setBusy(false);
    if (!result.ok) showFailure(result.error);
  }

  const passwordError =
    pauseSeconds > 0 ? t("signIn.pausedFor", { seconds: pauseSeconds }) : errors.password;
  return (
    <form
      ref={form}
      aria-label={t("signIn.form")}
      noValidate
      onSubmit={(event) => void submit(event)}
    >
      <h1 className="sign-in-title">{t("signIn.title")}</h1>
      <p className="sign-in-lead">{t("signIn.lead")}</p>
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
        label={t("signIn.handle")}
        name="handle"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        value={handle}
        error={errors.handle}
        onChange={(event) => setHandle(event.target.value)}
      />
      <TextField
        label={t("signIn.password")}
        name="password"
        type="password"
        autoComplete="current-password"
        value={password}
        error={passwordError}
        onChange={(event) => setPassword(event.target.value)}
      />
      {errors.form !== undefined && (
        <div className="sign-in-notice">
          <Notice text={errors.form} />
        </div>
      )}
      <Button
        type="submit"
        kind="primary"
        className="sign-in-submit"
        busy={busy}
        disabled={pauseSeconds > 0}
      >
        {busy ? t("signIn.submitting") : t("signIn.submit")}
      </Button>
      {probe.kind === "found" && !probe.info.hasOwner && (
        <p className="sign-in-hint">{t("signIn.newServer")}</p>
      )}
      <Button kind="link" className="sign-in-switch" onClick={onSignUp}>
        {t("signIn.toSignUp")}
      </Button>
    </form>
  );
}
