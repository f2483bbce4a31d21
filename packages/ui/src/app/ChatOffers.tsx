import { Suspense } from "react";
import type { Result } from "@parley/protocol/errors.ts";
import type { ChatView } from "../cache/read-models.ts";
import { isWritable } from "../features/timeline/message-rights.ts";
import { errorText } from "../i18n/i18n.ts";
import { useScope } from "./context.ts";
import { LazyOfferedBar } from "./lazy-parts.ts";

/** One message says by itself that the server lost it; of several this asks at once. */
const FEWEST = 2;

/** S6c: what the restored server lost of one's own in a chat, to be sent again or given up. */
export function ChatOffers({ chat, say }: { chat: ChatView; say: (note: string) => void }) {
  const { session } = useScope();
  const { chatId, offered } = chat;
  if (offered < FEWEST) return null;
  const sayFailure = (result: Result<void>): void => {
    if (!result.ok) say(errorText(result.error));
  };
  return (
    <Suspense fallback={null}>
      <LazyOfferedBar
        count={offered}
        writable={isWritable(chat)}
        onSend={() => void session.sendOffered(chatId).then(sayFailure)}
        onDiscard={() => void session.discardOffered(chatId).then(sayFailure)}
      />
    </Suspense>
  );
}
