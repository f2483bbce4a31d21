import type { Failure } from "@parley/protocol/errors.ts";
import type { ChatId, ClientId } from "@parley/protocol/ids.ts";
import { useEffect, useState } from "react";
import type { RequestData } from "@parley/protocol/socket/requests.ts";
import { useLive, usePeople } from "../cache/hooks.ts";
import type { TimelineItem } from "../cache/read-models.ts";
import type { LedgerFacts } from "../features/message-info/ledger-rules.ts";
import {
  MessageInfoDialog,
  type MessageInfoDialogProps,
} from "../features/message-info/MessageInfoDialog.tsx";
import type { MessageItem } from "../features/timeline/build-rows.ts";
import { textOf } from "../features/timeline/Message.tsx";
import { personName } from "../state/names.ts";
import { useScope } from "./context.ts";
import { useMinute } from "./use-now.ts";

type Ledger = RequestData<"chat:ledger">["members"];
type Loaded =
  | { state: "loading" }
  | { state: "failed"; error: Failure }
  | { state: "known"; members: Ledger };

function isMessageItem(item: TimelineItem): item is MessageItem {
  return item.kind === "event" || item.kind === "entry" || item.kind === "lost";
}

/** When an id was made, by the clock of the device that made it: the first 48 bits of a UUIDv7. */
function createdAtMs(clientId: ClientId): number {
  return Number.parseInt(clientId.slice(0, 8) + clientId.slice(9, 13), 16);
}

function factsOf(item: MessageItem, senderName: string, deviceName: string): LedgerFacts {
  const entry = item.kind === "entry" ? item : null;
  return {
    mine: item.mine,
    here: entry !== null,
    senderName,
    writtenAtMs: createdAtMs(item.clientId),
    deviceName,
    seq: item.seq,
    storedAtMs: entry === null ? item.atMs : null,
    failure: entry?.error ?? null,
    failed: entry?.state === "failed",
  };
}

/** The ledger of a message, asked of the server anew whenever its seq becomes known. */
function useLedger(chatId: ChatId, seq: number | null, attempt: number): Loaded {
  const { session } = useScope();
  const [loaded, setLoaded] = useState<Loaded>({ state: "loading" });
  useEffect(() => {
    if (seq === null) return;
    let current = true;
    setLoaded({ state: "loading" });
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
  }, [session, chatId, seq, attempt]);
  return loaded;
}

/** Message info of one message, by its key. */
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
  const [attempt, setAttempt] = useState(0);
  // An unsent message may be stored while its info is open: the window around it tells.
  const live = useLive(session.reads.timeline(chatId, { anchor: "newest", before: 60, after: 0 }));
  const fresh = live?.items.find((each) => each.key === item.key);
  const shown = fresh !== undefined && isMessageItem(fresh) ? fresh : item;
  const ledger = useLedger(chatId, shown.mine ? shown.seq : null, attempt);
  const ids = ledger.state === "known" ? ledger.members.map((member) => member.accountId) : [];
  const people = usePeople(session, [...ids, shown.senderId]);

  let members: MessageInfoDialogProps["members"] = null;
  if (shown.mine && shown.seq !== null) {
    members =
      ledger.state === "known"
        ? {
            state: "known",
            members: ledger.members
              .filter((member) => member.accountId !== account.me.accountId)
              .map((member) => ({ ...member, name: personName(people?.get(member.accountId)) })),
          }
        : ledger;
  }
  return (
    <MessageInfoDialog
      open
      text={textOf(shown) ?? ""}
      facts={factsOf(shown, personName(people?.get(shown.senderId)), account.deviceName)}
      members={members}
      nowMs={nowMs}
      region={region}
      onRetry={() => setAttempt((before) => before + 1)}
      onClose={onClose}
    />
  );
}
