import { Connection } from "../load/connection.ts";
import { sendInFlushes } from "../load/flush.ts";
import { markedMessage } from "../load/messages.ts";
import type { ParleySubject } from "./parley.ts";

/** What every message of a chat begins with, so that the page can be seen to show that chat. */
export const markOf = (chat: number): string => `In chat ${chat} of many:`;

/**
 * Fills the direct chats of a star: half of each chat's messages come from the other, half from
 * account 0, who has read them all.
 */
export async function fillChats(server: ParleySubject, messagesEach: number): Promise<void> {
  const [me, ...others] = server.world.seats;
  if (me === undefined) throw new Error("the plan has no accounts");
  for (const [chat, other] of others.entries()) {
    const chatId = server.world.chatIds[chat];
    if (chatId === undefined) throw new Error(`chat ${chat} is missing`);
    for (const seat of [other, me]) {
      const half = Array.from({ length: messagesEach / 2 }, () =>
        markedMessage(chatId, markOf(chat)),
      );
      await sendInFlushes(server.url, seat, half);
    }
  }
  const connection = await Connection.open(server.url, me);
  const { changes } = await connection.hello();
  const heads = changes.flatMap((change) => (change.kind === "chat" ? [change.chat] : []));
  for (let first = 0; first < heads.length; first += 100) {
    const marks = heads
      .slice(first, first + 100)
      .map(({ chatId, headSeq }) => ({ chatId, readSeq: headSeq }));
    await connection.ask("receipt:put", { marks });
  }
  connection.close();
}
