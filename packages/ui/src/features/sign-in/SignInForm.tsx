import type { Result } from "@parley/protocol/errors.ts";
import { type ReactNode, useEffect, useState } from "react";
import { t } from "../../i18n/i18n.ts";
import { Button } from "../../kit/Button.tsx";
import { Notice } from "../../kit/Notice.tsx";
import { TextField } from "../../kit/TextField.tsx";
import { ServerField } from "./ServerField.tsx";
import { checkSignIn, type SignInValues } from "./sign-in-rules.ts";
import { useCheckedForm } from "./use-checked-form.ts";
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

/** Signs in to an account that exists, with a pause counted down where the server asks for one. */
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
  const [pauseSeconds, startPause] = usePause();
  const checked = useCheckedForm<SignInValues>({
    values: { server, handle: handle.trim(), password },
    check: checkSignIn,
    send: onSubmit,
    refused: ({ code, retryAfterMs }) => {
      if (code === "sign_in_paused" && retryAfterMs !== undefined) startPause(retryAfterMs);
    },
  });
  const { errors } = checked;
  // Nobody can sign in there yet.
  const fresh = probe.kind === "found" && !probe.info.hasOwner;
  const passwordError =
    pauseSeconds > 0 ? t("signIn.pausedFor", { seconds: pauseSeconds }) : errors.password;
  return (
    <form ref={checked.form} aria-label={t("signIn.form")} noValidate onSubmit={checked.onSubmit}>
      <h1 className="sign-in-title">{t("signIn.title")}</h1>
      <p className="sign-in-lead">{t("signIn.lead")}</p>
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
        label={t("signIn.handle")}
        name="handle"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        autoFocus={server !== "" && startHandle === ""}
        value={handle}
        error={errors.handle}
        onChange={(event) => setHandle(event.target.value)}
      />
      <TextField
        label={t("signIn.password")}
        name="password"
        type="password"
        autoComplete="current-password"
        autoFocus={server !== "" && startHandle !== ""}
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
        busy={checked.isBusy}
        disabled={pauseSeconds > 0}
      >
        {checked.isBusy ? t("signIn.submitting") : t("signIn.submit")}
      </Button>
      {fresh && <p className="sign-in-hint">{t("signIn.newServer")}</p>}
      <Button kind={fresh ? "quiet" : "link"} className="sign-in-switch" onClick={onSignUp}>
        {t("signIn.toSignUp")}
      </Button>
    </form>
  );
}
