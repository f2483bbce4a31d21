import type { Failure } from "@parley/protocol/errors.ts";
import type { AccountId, ChatId, ClientId } from "@parley/protocol/ids.ts";
import { useEffect, useState } from "react";
import type { RequestData } from "@parley/protocol/socket/requests.ts";
import { useMessage, usePeople, useRoster } from "../cache/hooks.ts";
import type { LedgerFacts } from "../features/message-info/ledger-rules.ts";
import {
  MessageInfoDialog,
  type MessageInfoDialogProps,
} from "../features/message-info/MessageInfoDialog.tsx";
import type { MessageItem } from "../features/timeline/build-rows.ts";
import { textOf } from "../features/timeline/Message.tsx";
import { reactionNames } from "../features/timeline/reaction-rules.ts";
import { t } from "../i18n/i18n.ts";
import { personName } from "../state/names.ts";
import { useLiveState, useScope } from "./context.ts";
import { useMinute } from "./use-now.ts";

type Ledger = RequestData<"chat:ledger">["members"];
type Loaded =
  | { state: "loading" }
  | { state: "failed"; error: Failure }
  | { state: "known"; members: Ledger };

/** When an id was made, by the clock of the device that made it: the first 48 bits of a UUIDv7. */
function createdAtMs(clientId: ClientId): number {
  return Number.parseInt(clientId.slice(0, 8) + clientId.slice(9, 13), 16);
}

function factsOf(
  item: MessageItem,
  nameOf: (id: AccountId) => string,
  deviceName: string,
): LedgerFacts {
  const entry = item.kind === "entry" ? item : null;
  const erasedBy = item.kind === "entry" ? null : item.erasedBy;
  return {
    mine: item.mine,
    here: entry !== null,
    senderName: nameOf(item.senderId),
    writtenAtMs: createdAtMs(item.clientId),
    deviceName,
    seq: item.seq,
    storedAtMs: entry === null ? item.atMs : null,
    failure: entry?.error ?? null,
    failed: entry?.state === "failed",
    waiting: entry?.waiting ?? null,
    editedAtMs: item.editedAtMs,
    erased:
      erasedBy === null
        ? null
        : { by: erasedBy.mine ? null : nameOf(erasedBy.by), atMs: erasedBy.atMs },
    changesWaiting: item.pending.filter((change) => change.state === "journaled").length,
    fault: item.kind === "entry" ? null : item.fault,
    reactions: item.reactions.map((reaction) => ({
      key: reaction.key,
      names: reactionNames(reaction, nameOf),
    })),
  };
}

/** The ledger of a message, asked of the server anew whenever `reason` changes. */
function useLedger(chatId: ChatId, seq: number | null, reason: string): Loaded {
  const { session } = useScope();
  const [loaded, setLoaded] = useState<Loaded>({ state: "loading" });
  useEffect(() => {
    if (seq === null) return;
    let current = true;
    // What is shown stays until the new answer is there.
    setLoaded((before) => (before.state === "known" ? before : { state: "loading" }));
    void session.ledger(chatId, seq).then((result) => {
      if (!current) return;
      setLoaded(
        result.ok
          ? { state: "known", members: result.value.members }
          : { state: "failed", error: result.error },
      );
    });
    return () => {
      current = false;
    };
  }, [session, chatId, seq, reason]);
  return loaded;
}

/** Changes whenever some member's mark passes a seq: then the server has a new time to tell. */
function useMoves(chatId: ChatId, seq: number | null): string {
  const { session } = useScope();
  const roster = useRoster(session, chatId);
  if (seq === null) return "";
  const passed = (mark: number): number => (mark >= seq ? 1 : 0);
  return (roster?.rows ?? []).map((row) => passed(row.deliveredSeq) + passed(row.readSeq)).join("");
}

/** Message info of one message, kept up to date while it is open. */
export function MessageInfo({
  chatId,
  item,
  onClose,
}: {
  chatId: ChatId;
  item: MessageItem;
  onClose: () => void;
}) {
  const { session, account, region } = useScope();
  const nowMs = useMinute();
  const link = useLiveState((state) => state.connection);
  const presences = useLiveState((state) => state.presences);
  const [attempt, setAttempt] = useState(0);
  const fresh = useMessage(session, chatId, item.clientId);
  const shown = item.kind === "lost" ? item : (fresh ?? item);
  const seq = shown.mine && shown.kind !== "lost" ? shown.seq : null;
  const moves = useMoves(chatId, seq);
  const ledger = useLedger(chatId, seq, `${attempt} ${moves}`);
  const me = account.me.accountId;
  const ids = [
    shown.senderId,
    ...(ledger.state === "known" ? ledger.members.map((member) => member.accountId) : []),
    ...shown.reactions.flatMap((reaction) => reaction.accountIds),
    ...(shown.kind !== "entry" && shown.erasedBy !== null ? [shown.erasedBy.by] : []),
  ];
  const people = usePeople(session, [...new Set(ids)]);
  const nameOf = (id: AccountId): string =>
    id === me ? t("common.you") : personName(people?.get(id));

  let members: MessageInfoDialogProps["members"] = null;
  if (seq !== null) {
    members =
      ledger.state === "known"
        ? {
            state: "known",
            members: ledger.members
              .filter((member) => member.accountId !== me)
              .map((member) => ({
                ...member,
                name: nameOf(member.accountId),
                online: presences.get(member.accountId)?.online ?? false,
              })),
          }
        : ledger;
  }
  return (
    <MessageInfoDialog
      open
      text={textOf(shown) ?? ""}
      facts={factsOf(shown, nameOf, account.deviceName)}
      members={members}
      link={link}
      nowMs={nowMs}
      region={region}
      onRetry={() => setAttempt((before) => before + 1)}
      onClose={onClose}
    />
  );
}
