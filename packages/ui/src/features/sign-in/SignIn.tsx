import "./sign-in.css";
import type { Result } from "@parley/protocol/errors.ts";
import type { ServerInfo } from "@parley/protocol/http/accounts.ts";
import { ArrowLeft, MessageCircle } from "lucide-react";
import { type ReactNode, useState } from "react";
import { t } from "../../i18n/i18n.ts";
import { Button } from "../../kit/Button.tsx";
import { CertificatePanel } from "./CertificatePanel.tsx";
import { type SignInValues, type SignUpValues, serverUrlOf } from "./sign-in-rules.ts";
import { SignInForm } from "./SignInForm.tsx";
import { SignUpForm } from "./SignUpForm.tsx";
import { useServerProbe } from "./use-server-probe.ts";

export type SignInProps = {
  /** What the server field starts with. */
  defaultServer: string;
  startWith?: "sign-in" | "sign-up";
  /** What a link has filled in already. */
  handle?: string;
  invite?: string;
  /** Whether a link named the server: anybody may have made it. */
  linked?: boolean;
  /** What has to be said before: that this device was signed out (V57). */
  note?: ReactNode;
  /** The way back to the account that is signed in already. */
  back?: { name: string; onBack: () => void };
  /** Asks a server what it is. Must keep its identity between draws. */
  probe: (serverUrl: string) => Promise<Result<ServerInfo>>;
  /** X1: takes a certificate that the user has compared; where a page may not, the offer is not made. */
  onTrust?: (serverUrl: string, fingerprint: string) => Promise<Result<unknown>>;
  /** `server` is a full origin. On success the caller shows the account. */
  onSignIn: (values: SignInValues) => Promise<Result<unknown>>;
  onSignUp: (values: SignUpValues) => Promise<Result<unknown>>;
};

/** Sign in, or create an account. */
export function SignIn({
  defaultServer,
  startWith = "sign-in",
  handle = "",
  invite = "",
  linked = false,
  note,
  back,
  probe,
  onTrust,
  onSignIn,
  onSignUp,
}: SignInProps) {
  const [form, setForm] = useState(startWith);
  const [server, setServer] = useState(defaultServer);
  const [state, probeAgain] = useServerProbe(server, probe);
  const serverUrl = serverUrlOf(server);
  const fingerprint = state.kind === "failed" ? state.fingerprint : undefined;
  const certificate = onTrust && serverUrl !== null && fingerprint !== undefined && (
    <CertificatePanel
      changed={state.kind === "failed" && state.code === "certificate_changed"}
      fingerprint={fingerprint}
      onTrust={async () => {
        const result = await onTrust(serverUrl, fingerprint);
        if (result.ok) probeAgain();
        return result;
      }}
    />
  );
  const withUrl = <Values extends SignInValues>(values: Values): Values => ({
    ...values,
    server: serverUrlOf(values.server) ?? values.server,
  });
  return (
    <main className="sign-in">
      <div className="sign-in-card">
        {back !== undefined && (
          <Button kind="link" className="sign-in-back" onClick={back.onBack}>
            <ArrowLeft size={16} aria-hidden="true" />
            <bdi>{t("signIn.backTo", { name: back.name })}</bdi>
          </Button>
        )}
        <span className="sign-in-mark" aria-hidden="true">
          <MessageCircle size={22} />
        </span>
        {note !== undefined && <div className="sign-in-note">{note}</div>}
        {linked && server === defaultServer && serverUrl !== null && (
          <p className="sign-in-linked">{t("signIn.linked", { host: new URL(serverUrl).host })}</p>
        )}
        {form === "sign-in" ? (
          <SignInForm
            server={server}
            startHandle={handle}
            onServer={setServer}
            probe={state}
            certificate={certificate}
            onSubmit={(values) => onSignIn(withUrl(values))}
            onSignUp={() => setForm("sign-up")}
          />
        ) : (
          <SignUpForm
            server={server}
            startInvite={invite}
            onServer={setServer}
            probe={state}
            certificate={certificate}
            onSubmit={(values) => onSignUp(withUrl(values))}
            onSignIn={() => setForm("sign-in")}
          />
        )}
      </div>
    </main>
  );
}
