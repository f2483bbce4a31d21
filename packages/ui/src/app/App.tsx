import type { HostedAccount } from "@parley/protocol/bridge/contract.ts";
import type { Failure, Result } from "@parley/protocol/errors.ts";
import type { DeepLink } from "@parley/protocol/links.ts";
import { BRIDGE_VERSION } from "@parley/protocol/versions.ts";
import { Suspense, useCallback, useEffect, useEffectEvent, useMemo, useState } from "react";
import type { AccountSession } from "../cache/account-session.ts";
import type { SignInProps } from "../features/sign-in/SignIn.tsx";
import { SYSTEM_REGION } from "../i18n/format.ts";
import { errorText, t } from "../i18n/i18n.ts";
import { Notice } from "../kit/Notice.tsx";
import { keyNames } from "../state/keys.ts";
import type { AttentionSource } from "../state/attention.ts";
import { answerLink } from "../state/link-rules.ts";
import type { LiveHub } from "../state/live-store.ts";
import type { LookStore } from "../state/look-store.ts";
import { createChatPlaces } from "../state/places.ts";
import { forgetfulMemory, type Memory, WINDOW_KEYS } from "../state/remembered.ts";
import { createUiStore } from "../state/ui-store.ts";
import { AccountScreen } from "./AccountScreen.tsx";
import { AccountContext, type AccountScope } from "./context.ts";
import type { AppDeps, OpenSession, OpenTarget } from "./deps.ts";
import { LazySignIn } from "./lazy-parts.ts";
import { LinkProblem, type LinkTrouble } from "./LinkProblem.tsx";
import { useNotificationActs } from "./use-notification-acts.ts";
import { useReports } from "./use-reports.ts";
import { useSessions } from "./use-sessions.ts";
import { type UnreadOf, useUnreadOf } from "./use-unread-of.ts";

export type AppProps = Omit<AppDeps, "openSession" | "memory"> & {
  openSession: OpenSession;
  memory: Memory;
  hub: LiveHub;
  look: LookStore;
  attention: AttentionSource;
};

/** What a link has filled in; nothing where the user asked by a button. */
type StartSignIn = Partial<Pick<SignInProps, "defaultServer" | "startWith" | "handle" | "invite">>;

type Boot =
  | { kind: "starting" }
  | { kind: "failed"; error: Failure }
  | { kind: "ready"; accounts: readonly HostedAccount[] };

/** Says hello to the session host and follows its accounts. */
function useAccounts(
  props: AppProps,
): [Boot, retry: () => void, add: (account: HostedAccount) => void] {
  const { bridge, platform } = props;
  const [boot, setBoot] = useState<Boot>({ kind: "starting" });
  const [attempt, setAttempt] = useState(0);
  const [windowId] = useState(() => props.windowId ?? crypto.randomUUID());
  useEffect(() => {
    let current = true;
    const stop = bridge.on("accounts:changed", ({ accounts }) =>
      setBoot({ kind: "ready", accounts }),
    );
    void bridge
      .call("host:hello", { bridgeVersion: BRIDGE_VERSION, build: platform.build, windowId })
      .then((result) => {
        if (!current) return;
        setBoot(
          result.ok
            ? { kind: "ready", accounts: result.value.accounts }
            : { kind: "failed", error: result.error },
        );
      });
    return () => {
      current = false;
      stop();
    };
  }, [bridge, platform.build, windowId, attempt]);
  return [
    boot,
    () => {
      setBoot({ kind: "starting" });
      setAttempt((before) => before + 1);
    },
    // The host tells of a new account too; its answer may come first.
    (account) =>
      setBoot((before) => {
        const known = before.kind === "ready" ? before.accounts : [];
        const others = known.filter((each) => each.accountKey !== account.accountKey);
        return { kind: "ready", accounts: [...others, account] };
      }),
  ];
}

function Starting({ failure, onRetry }: { failure: Failure | null; onRetry: () => void }) {
  return (
    <main className="boot" aria-busy={failure === null}>
      <h1 className="vh">{t("app.name")}</h1>
      {failure === null ? (
        <p className="boot-text">{t("app.starting")}</p>
      ) : (
        <Notice
          title={t("app.startFailed")}
          text={errorText(failure)}
          action={{ label: t("common.retry"), onAction: onRetry }}
        />
      )}
    </main>
  );
}

/** The app from its first frame on: starting, signed out, or an account's screen. */
export function App(props: AppProps) {
  const { bridge, defaultServerUrl } = props;
  const [boot, retry, add] = useAccounts(props);
  const accounts = boot.kind === "ready" ? boot.accounts : NO_ACCOUNTS;
  const sessions = useSessions(bridge, accounts, props.openSession);
  useReports(bridge, sessions, props.platform.shell === "desktop");
  useNotificationActs(bridge, sessions);
  const unreadOf = useUnreadOf(sessions);
  const [chosen, setChosen] = useState<string | null>(props.solo?.target?.accountKey ?? null);
  const [signingIn, setSigningIn] = useState<StartSignIn | null>(null);
  const active = accounts.find((account) => account.accountKey === chosen) ?? accounts[0];

  const probe = useCallback(
    (serverUrl: string) => bridge.call("server:probe", { serverUrl }),
    [bridge],
  );
  function arrived(account: HostedAccount): void {
    add(account);
    setChosen(account.accountKey);
    setSigningIn(null);
  }

  /** X1: the account on the screen may have waited for just this. */
  async function trust(serverUrl: string, fingerprint: string): Promise<Result<unknown>> {
    const result = await bridge.call("server:trust", { serverUrl, fingerprint });
    if (result.ok && active?.serverUrl === serverUrl) setSigningIn(null);
    return result;
  }

  const { onOpenTarget } = props;
  const [target, setTarget] = useState<OpenTarget | null>(props.solo?.target ?? null);
  useEffect(
    () =>
      onOpenTarget?.((next) => {
        setChosen(next.accountKey);
        setTarget(next);
      }),
    [onOpenTarget],
  );

  const [trouble, setTrouble] = useState<LinkTrouble | null>(null);
  const openLink = useEffectEvent((opened: DeepLink) => {
    const answer = answerLink(opened, accounts, active?.accountKey);
    setTrouble(null);
    switch (answer.kind) {
      case "target":
        setSigningIn(null);
        setChosen(answer.accountKey);
        setTarget(answer);
        return;
      case "account":
        setSigningIn(null);
        setChosen(answer.accountKey);
        return;
      case "sign-in":
        setSigningIn({ defaultServer: answer.server, handle: answer.handle });
        return;
      case "sign-up":
        setSigningIn({
          defaultServer: answer.server,
          startWith: "sign-up",
          invite: answer.invite,
        });
        return;
      case "no-account":
        setTrouble(answer);
        return;
    }
  });
  // A link that started the app comes before it is known who is signed in.
  const [link, setLink] = useState<DeepLink | null>(null);
  useEffect(
    () =>
      bridge.on("link:open", (notice) => {
        if (notice.link === null) setTrouble({ kind: "unreadable" });
        else setLink(notice.link);
      }),
    [bridge],
  );
  const { onOpenLink } = props;
  useEffect(() => onOpenLink?.(setLink), [onOpenLink]);
  useEffect(() => {
    if (link === null || boot.kind !== "ready") return;
    openLink(link);
    setLink(null);
  }, [link, boot.kind]);
  const linkProblem = (
    <LinkProblem
      trouble={trouble}
      onSignIn={(server) => {
        setTrouble(null);
        setSigningIn({ defaultServer: server });
      }}
      onClose={() => setTrouble(null)}
    />
  );

  if (boot.kind !== "ready") {
    return <Starting failure={boot.kind === "failed" ? boot.error : null} onRetry={retry} />;
  }
  if (active === undefined || signingIn !== null) {
    return (
      <Suspense fallback={<Starting failure={null} onRetry={retry} />}>
        <LazySignIn
          key={JSON.stringify(signingIn)}
          defaultServer={active?.serverUrl ?? defaultServerUrl}
          {...signingIn}
          {...(active !== undefined && {
            back: { name: active.me.name, onBack: () => setSigningIn(null) },
          })}
          probe={probe}
          {...(props.platform.shell === "desktop" && { onTrust: trust })}
          onSignIn={async ({ server, handle, password }) => {
            const result = await bridge.call("account:sign-in", {
              serverUrl: server,
              handle,
              password,
            });
            if (result.ok) arrived(result.value);
            return result;
          }}
          onSignUp={async ({ server, name, handle, password, invite }) => {
            const result = await bridge.call("account:sign-up", {
              serverUrl: server,
              name: name.trim(),
              handle: handle.trim(),
              password,
              ...(invite.trim() !== "" && { invite: invite.trim() }),
            });
            if (result.ok) arrived(result.value);
            return result;
          }}
        />
        {linkProblem}
      </Suspense>
    );
  }
  const opened = sessions.get(active.accountKey);
  if (opened === undefined || !opened.ok) {
    return (
      <Starting
        failure={opened === undefined ? null : opened.error}
        onRetry={() => window.location.reload()}
      />
    );
  }
  return (
    <>
      <SignedIn
        {...props}
        key={active.accountKey}
        account={active}
        accounts={accounts}
        unreadOf={unreadOf}
        session={opened.value}
        onAccount={setChosen}
        target={target}
        onTargetShown={() => props.solo ?? setTarget(null)}
        onSignIn={() => setSigningIn({})}
      />
      {linkProblem}
    </>
  );
}

const NO_ACCOUNTS: readonly HostedAccount[] = [];

type SignedInProps = AppProps & {
  account: HostedAccount;
  accounts: readonly HostedAccount[];
  unreadOf: UnreadOf;
  session: AccountSession;
  target: OpenTarget | null;
  onTargetShown: () => void;
  onAccount: (accountKey: string) => void;
  onSignIn: () => void;
};

function SignedIn(props: SignedInProps) {
  const { bridge, platform, region, account, session, memory, hub, look, attention } = props;
  const { accountKey } = account;
  const solo = props.solo ?? null;
  // Its address tells the chat: what other windows remember of panes stays theirs.
  const [ui] = useState(() =>
    createUiStore(solo?.target ? forgetfulMemory() : memory, `${WINDOW_KEYS.view}${accountKey}`),
  );
  const [places] = useState(() =>
    createChatPlaces({
      memory,
      key: `${WINDOW_KEYS.places}${accountKey}`,
      resumes: props.isAfterCrash ?? false,
    }),
  );
  const { target } = props;
  const targetShown = useEffectEvent(props.onTargetShown);
  useEffect(() => {
    if (target?.accountKey !== accountKey) return;
    const { chatId, clientId } = target;
    if (clientId === undefined) ui.getState().openChat(chatId, false);
    else ui.getState().showMessage(chatId, clientId);
    // Once: who comes back to this account later finds it as they left it.
    targetShown();
  }, [target, accountKey, ui]);
  const scope = useMemo(
    (): AccountScope => ({
      bridge,
      platform,
      solo: solo !== null,
      region: region ?? SYSTEM_REGION,
      keys: keyNames(platform.os === "macos"),
      account,
      session,
      ui,
      live: hub.of(accountKey),
      look,
      places,
      attention,
      memory,
    }),
    [
      bridge,
      platform,
      solo,
      region,
      account,
      session,
      ui,
      hub,
      accountKey,
      look,
      places,
      attention,
      memory,
    ],
  );
  return (
    <AccountContext value={scope}>
      <AccountScreen
        accounts={props.accounts}
        unreadOf={props.unreadOf}
        onAccount={props.onAccount}
        onSignIn={props.onSignIn}
      />
    </AccountContext>
  );
}
