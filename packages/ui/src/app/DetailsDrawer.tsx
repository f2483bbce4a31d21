import type { Failure, Result } from "@parley/protocol/errors.ts";
import type { AccountId, ChatId } from "@parley/protocol/ids.ts";
import {
  type RefObject,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { useChat, useRoster } from "../cache/hooks.ts";
import type { ChatView, RosterRow } from "../cache/read-models.ts";
import { AddMembersDialog } from "../features/chat-details/AddMembersDialog.tsx";
import { ChatDetailsView, type MemberAction } from "../features/chat-details/ChatDetailsView.tsx";
import { headerLine } from "../features/conversation/presence-line.ts";
import { errorText, t } from "../i18n/i18n.ts";
import { Confirm } from "../kit/Confirm.tsx";
import { chatTitle, personName } from "../state/names.ts";
import { ChatAlertsPart } from "./ChatAlertsPart.tsx";
import { useLiveState, useScope } from "./context.ts";
import { useMinute } from "./use-now.ts";
import { useKnownPeople, usePeopleOfServer } from "./use-people-known.ts";

export type DetailsDrawerProps = {
  chatId: ChatId;
  /** Beside the panes; over them on narrower screens. */
  inline: boolean;
};

type Asking =
  | { kind: "leave" }
  | { kind: "remove"; row: RosterRow }
  | { kind: "owner"; row: RosterRow };

type Problem = { title: string; error: Failure; onRetry?: () => void };

/** Loads the members of a large group while its details are open. */
function useMembers(
  chatId: ChatId,
  complete: boolean | undefined,
  onProblem: (problem: Problem | null) => void,
): void {
  const { session } = useScope();
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    if (complete !== false) return;
    let current = true;
    void session.loadMembers(chatId).then((result) => {
      if (!current || result.ok) return;
      onProblem({
        title: t("details.membersFailed"),
        error: result.error,
        onRetry: () => {
          onProblem(null);
          setAttempt((before) => before + 1);
        },
      });
    });
    return () => {
      current = false;
    };
  }, [session, chatId, complete, attempt, onProblem]);
}

/** The focus, if the drawer holds it when it closes, goes back to where it came from, or to writing. */
function useFocusBack(drawer: RefObject<HTMLElement | null>, isThere: boolean): void {
  useLayoutEffect(() => {
    const element = drawer.current;
    if (!isThere || element === null) return;
    const before = document.activeElement;
    return () => {
      if (!element.contains(document.activeElement)) return;
      const writing = document.querySelector<HTMLElement>(".pane[data-focused] .composer textarea");
      const isLeft =
        before instanceof HTMLElement && before !== document.body && before.isConnected;
      (isLeft ? before : writing)?.focus();
    };
  }, [drawer, isThere]);
}

export function DetailsDrawer({ chatId, inline }: DetailsDrawerProps) {
  const { session, ui } = useScope();
  const chat = useChat(session, chatId);
  const drawer = useRef<HTMLElement>(null);
  const isThere = chat !== undefined && chat !== null;
  useFocusBack(drawer, isThere);
  if (!isThere) return null;
  return (
    <aside
      ref={drawer}
      className={inline ? "drawer" : "drawer is-over"}
      aria-label={t("details.title")}
      onKeyDown={(event) => {
        if (event.key === "Escape" && !event.defaultPrevented) ui.getState().showDetails(null);
      }}
    >
      <Details chat={chat} />
    </aside>
  );
}

function Details({ chat }: { chat: ChatView }) {
  const { session, ui, region } = useScope();
  const { chatId } = chat;
  const roster = useRoster(session, chatId);
  const nowMs = useMinute();
  const presences = useLiveState((state) => state.presences);
  const known = useKnownPeople();
  const search = usePeopleOfServer();
  const [adding, setAdding] = useState(false);
  const [asking, setAsking] = useState<Asking | null>(null);
  const [busy, setBusy] = useState(false);
  const [askError, setAskError] = useState<string>();
  const [problem, setProblem] = useState<Problem | null>(null);
  useMembers(chatId, chat.kind === "group" ? roster?.complete : undefined, setProblem);

  const online = useMemo(
    () =>
      new Set<AccountId>(
        [...presences.values()].filter((each) => each.online).map((each) => each.accountId),
      ),
    [presences],
  );
  const present = useMemo(() => new Set(roster?.rows.map((row) => row.accountId) ?? []), [roster]);
  const close = useCallback(() => ui.getState().showDetails(null), [ui]);

  async function attempt(work: Promise<Result<unknown>>): Promise<boolean> {
    setProblem(null);
    const result = await work;
    if (!result.ok) setProblem({ title: t("details.failed"), error: result.error });
    return result.ok;
  }

  function onMember(row: RosterRow, action: MemberAction): void {
    switch (action) {
      case "message":
        void session.startDirect(row.accountId).then((result) => {
          if (result.ok) ui.getState().openChat(result.value.chatId, false);
          else setProblem({ title: t("details.failed"), error: result.error });
        });
        return;
      case "makeAdmin":
        void attempt(session.setRole(chatId, row.accountId, "admin"));
        return;
      case "makeMember":
        void attempt(session.setRole(chatId, row.accountId, "member"));
        return;
      case "makeOwner":
        setAsking({ kind: "owner", row });
        return;
      case "remove":
        setAsking({ kind: "remove", row });
        return;
    }
  }

  async function confirm(): Promise<void> {
    if (asking === null) return;
    setBusy(true);
    setAskError(undefined);
    const result = await (asking.kind === "leave"
      ? session.leave(chatId)
      : asking.kind === "remove"
        ? session.removeMember(chatId, asking.row.accountId)
        : session.setRole(chatId, asking.row.accountId, "owner"));
    setBusy(false);
    if (result.ok) setAsking(null);
    else setAskError(errorText(result.error));
  }

  const presence = chat.peer === null ? null : (presences.get(chat.peer.accountId) ?? null);
  return (
    <>
      <ChatDetailsView
        chat={chat}
        roster={roster}
        online={online}
        presenceLine={
          chat.kind === "direct"
            ? headerLine(
                {
                  kind: chat.kind,
                  left: chat.left,
                  memberCount: 2,
                  otherNames: [],
                  presence,
                  onlineCount: null,
                },
                nowMs,
                region,
              )
            : ""
        }
        failure={problem}
        region={region}
        alerts={
          // Nobody else writes there.
          chat.kind === "self" ? null : (
            <ChatAlertsPart chat={chat} nowMs={nowMs} attempt={attempt} />
          )
        }
        onFetchAgain={(seq) => void attempt(session.fetchAgain(chatId, seq))}
        onRename={(title) => attempt(session.setTitle(chatId, title))}
        onAdd={() => setAdding(true)}
        onMember={onMember}
        onLeave={() => setAsking({ kind: "leave" })}
        onClose={close}
      />
      {adding && (
        <AddMembersDialog
          known={known}
          present={present}
          search={search}
          onAdd={(accountIds) => session.addMembers(chatId, accountIds)}
          onClose={() => setAdding(false)}
        />
      )}
      <Confirm
        open={asking !== null}
        {...askingTexts(asking, chatTitle(chat))}
        danger={asking?.kind !== "owner"}
        busy={busy}
        {...(askError !== undefined && { error: askError })}
        onConfirm={() => void confirm()}
        onClose={() => {
          setAsking(null);
          setAskError(undefined);
        }}
      />
    </>
  );
}

function askingTexts(
  asking: Asking | null,
  title: string,
): { title: string; text: string; action: string } {
  if (asking === null) return { title: "", text: "", action: "" };
  if (asking.kind === "leave") {
    return {
      title: t("details.leaveTitle", { title }),
      text: t("details.leaveHint"),
      action: t("details.leave"),
    };
  }
  const name = personName(asking.row.person);
  return asking.kind === "remove"
    ? {
        title: t("details.removeTitle", { name }),
        text: t("details.removeHint", { name }),
        action: t("details.remove"),
      }
    : {
        title: t("details.ownerTitle", { name }),
        text: t("details.ownerHint", { name }),
        action: t("details.makeOwner"),
      };
}
