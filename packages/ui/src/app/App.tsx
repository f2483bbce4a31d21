import type { HostedAccount } from "@parley/protocol/bridge/contract.ts";
import type { Failure, Result } from "@parley/protocol/errors.ts";
import type { DeepLink } from "@parley/protocol/links.ts";
import { Suspense, useCallback, useEffect, useEffectEvent, useMemo, useState } from "react";
import type { AccountSession } from "../cache/account-session.ts";
import { EndedNote } from "../features/ended/EndedNote.tsx";
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
import { ActProblem } from "./ActProblem.tsx";
import { AccountContext, type AccountScope, AccountsContext } from "./context.ts";
import type { AppDeps, OpenSession, OpenTarget } from "./deps.ts";
import { LazySignIn } from "./lazy-parts.ts";
import { LinkProblem, type LinkTrouble } from "./LinkProblem.tsx";
import { useAccounts } from "./use-accounts.ts";
import { useAllAccounts } from "./use-all-accounts.ts";
import { useEnded } from "./use-ended.ts";
import { useLinks } from "./use-links.ts";
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
type StartSignIn = Partial<
  Pick<SignInProps, "defaultServer" | "startWith" | "handle" | "invite" | "linked">
>;

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
  const [boot, retry, add] = useAccounts(bridge, props.platform.build, props.windowId);
  const accounts = boot.kind === "ready" ? boot.accounts : NO_ACCOUNTS;
  const sessions = useSessions(bridge, accounts, props.openSession);
  useReports(bridge, sessions, props.platform.shell === "desktop");
  const undone = useNotificationActs(bridge, sessions);
  const unreadOf = useUnreadOf(sessions);
  const [chosen, setChosen] = useState<string | null>(props.solo?.target?.accountKey ?? null);
  const [signingIn, setSigningIn] = useState<StartSignIn | null>(null);
  const [ended, dismissEnded] = useEnded(bridge);
  // The form that is filled in with it stays as it is when it has been read.
  const [lastEnded, setLastEnded] = useState(ended);
  if (ended !== undefined && ended !== lastEnded) setLastEnded(ended);
  const active = accounts.find((account) => account.accountKey === chosen) ?? accounts[0];
  const signIn = useCallback(() => setSigningIn({}), []);
  const accountsScope = useAllAccounts(accounts, sessions, props.hub, setChosen, signIn);

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

  /** Opens what a link means; answers why it opens nothing. */
  function follow(link: DeepLink): LinkTrouble | null {
    const answer = answerLink(link, accounts, active?.accountKey);
    // In a browser it can only be the server that the app came from.
    const linked = props.platform.shell === "desktop";
    switch (answer.kind) {
      case "target":
        setSigningIn(null);
        setChosen(answer.accountKey);
        setTarget(answer);
        return null;
      case "account":
        setSigningIn(null);
        setChosen(answer.accountKey);
        return null;
      case "sign-in":
        setSigningIn({ defaultServer: answer.server, handle: answer.handle, linked });
        return null;
      case "sign-up":
        setSigningIn({
          defaultServer: answer.server,
          startWith: "sign-up",
          invite: answer.invite,
          linked,
        });
        return null;
      case "no-account":
        return answer;
    }
  }
  const [trouble, forgetTrouble] = useLinks({
    bridge,
    onOpenLink: props.onOpenLink,
    isReady: boot.kind === "ready",
    follow,
  });
  const linkProblem = (
    <LinkProblem
      trouble={trouble}
      onSignIn={(server) => {
        forgetTrouble();
        setSigningIn({ defaultServer: server });
      }}
      onClose={forgetTrouble}
    />
  );

  // A window for one chat is nothing without its account: it neither signs in nor shows another one.
  const soloKey = props.solo?.target?.accountKey;
  const isSoloOver =
    soloKey !== undefined &&
    boot.kind === "ready" &&
    accounts.every((account) => account.accountKey !== soloKey);
  useEffect(() => {
    if (isSoloOver) window.close();
  }, [isSoloOver]);
  if (isSoloOver) {
    return (
      <main className="boot">
        <Notice title={t("app.soloOver")} text={t("app.soloOverHint")} />
      </main>
    );
  }

  if (boot.kind !== "ready") {
    return <Starting failure={boot.kind === "failed" ? boot.error : null} onRetry={retry} />;
  }
  if (active === undefined || signingIn !== null) {
    return (
      <Suspense fallback={<Starting failure={null} onRetry={retry} />}>
        <LazySignIn
          key={JSON.stringify([signingIn, active === undefined && lastEnded?.accountKey])}
          defaultServer={active?.serverUrl ?? lastEnded?.serverUrl ?? defaultServerUrl}
          {...(active === undefined && lastEnded && { handle: lastEnded.me.handle })}
          {...signingIn}
          {...(active !== undefined && {
            back: { name: active.me.name, onBack: () => setSigningIn(null) },
          })}
          {...(ended && {
            note: (
              <EndedNote
                ended={ended}
                region={props.region ?? SYSTEM_REGION}
                onClose={() => dismissEnded(ended.accountKey)}
              />
            ),
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
    <AccountsContext value={accountsScope}>
      <SignedIn
        {...props}
        key={active.accountKey}
        account={active}
        unreadOf={unreadOf}
        session={opened.value}
        target={target}
        onTargetShown={() => {
          // A window of its own always shows its chat.
          if (!props.solo) setTarget(null);
        }}
      />
      {ended && !props.solo && (
        <div className="ended-corner">
          <EndedNote
            ended={ended}
            region={props.region ?? SYSTEM_REGION}
            onSignIn={() =>
              setSigningIn({ defaultServer: ended.serverUrl, handle: ended.me.handle })
            }
            onClose={() => dismissEnded(ended.accountKey)}
          />
        </div>
      )}
      {linkProblem}
      <ActProblem undone={undone} />
    </AccountsContext>
  );
}

const NO_ACCOUNTS: readonly HostedAccount[] = [];

type SignedInProps = AppProps & {
  account: HostedAccount;
  unreadOf: UnreadOf;
  session: AccountSession;
  target: OpenTarget | null;
  onTargetShown: () => void;
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
  useEffect(() => {
    const start = platform.takeStart?.();
    if (start === "new-chat") ui.getState().show({ kind: "new-chat" });
    if (start === "settings") ui.getState().show({ kind: "settings", section: "profile" });
  }, [platform, ui]);
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
      <AccountScreen unreadOf={props.unreadOf} />
    </AccountContext>
  );
}
