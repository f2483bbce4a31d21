import type { ChatId, ClientId } from "@parley/protocol/ids.ts";
import { type RefObject, useCallback, useState } from "react";
import { useDraft, useMessage, usePeople } from "../cache/hooks.ts";
import type { ComposerHandle } from "../features/composer/ComposerView.tsx";
import { textOf } from "../features/timeline/Message.tsx";
import { t } from "../i18n/i18n.ts";
import { personName } from "../state/names.ts";
import { useScope } from "./context.ts";

export type ReplyTarget = { clientId: ClientId; name: string; text: string };

/** Units of the answered text that the line above the composer shows. */
const QUOTE_UNITS = 240;

/** What the line above the composer says of a message, from what this device knows of it. */
function useTarget(chatId: ChatId, clientId: ClientId | null): ReplyTarget | null {
  const { session } = useScope();
  const item = useMessage(session, chatId, clientId);
  const people = usePeople(session, item ? [item.senderId] : []);
  if (clientId === null || item === undefined) return null;
  if (item === null) {
    return { clientId, name: t("common.unknownPerson"), text: t("timeline.replyMissing") };
  }
  return {
    clientId,
    name: item.mine ? t("common.you") : personName(people?.get(item.senderId)),
    text: (textOf(item) ?? t("timeline.unknown")).slice(0, QUOTE_UNITS),
  };
}

export type Reply = {
  /** The message that is being answered; kept with the draft, so that it outlives the window. */
  clientId: ClientId | null;
  target: ReplyTarget | null;
  choose: (clientId: ClientId | null) => void;
  /** The answer is sent: the draft is gone already. */
  sent: () => void;
};

/** What was chosen here, and which draft the composer had then, if that was known: it goes before that one's alone. */
type Chosen = { clientId: ClientId | null; takenRev: number | undefined };

/** The message that a chat's composer answers: the one chosen here, else the one of the draft. */
export function useReply(chatId: ChatId, composer: RefObject<ComposerHandle | null>): Reply {
  const { session } = useScope();
  const draft = useDraft(session, chatId);
  const takenRev = draft === undefined ? undefined : (draft?.takenRev ?? 0);
  const known = takenRev !== undefined;
  const [chosen, setChosen] = useState<Chosen | undefined>(undefined);
  // Another draft took this one's place, of another device or an earlier one: its answered message counts.
  const isOver = known && chosen?.takenRev !== undefined && chosen.takenRev !== takenRev;
  if (isOver) setChosen(undefined);
  else if (known && chosen && chosen.takenRev === undefined) setChosen({ ...chosen, takenRev });
  const clientId = chosen === undefined || isOver ? (draft?.replyTo ?? null) : chosen.clientId;
  const target = useTarget(chatId, clientId);
  const choose = useCallback(
    (next: ClientId | null) => {
      setChosen({ clientId: next, takenRev });
      // Before the draft is read, the empty field says nothing about its text.
      if (known && composer.current) session.saveDraft(chatId, composer.current.text(), next);
    },
    [session, chatId, composer, known, takenRev],
  );
  const sent = useCallback(() => setChosen({ clientId: null, takenRev }), [takenRev]);
  return { clientId, target, choose, sent };
}
