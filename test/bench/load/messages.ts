import { randomBytes } from "node:crypto";

import { textPayload } from "@parley/protocol/content.ts";
import { type ChatId, type ClientId, uuidv7 } from "@parley/protocol/ids.ts";

import type { Outgoing } from "./connection.ts";

/** Length of a message's text: a sentence or two, as chats have them. */
const TEXT_CHARS = 120;
const SENTENCE = "The tide table for Thursday is pinned, and the boat leaves at half past six. ";
const WORDS = SENTENCE.repeat(Math.ceil(TEXT_CHARS / SENTENCE.length)).slice(0, TEXT_CHARS);

/** Drawn once: making salt for each message would cost the generator more than sending it. */
const PAYLOADS = Array.from({ length: 64 }, () => textPayload(WORDS, randomBytes(16)));

function withPayload(chatId: ChatId, payload: string): Outgoing {
  return {
    chatId,
    clientId: uuidv7() as ClientId,
    alg: "none",
    type: "text",
    notify: true,
    payload,
  };
}

/** Makes the `n`th message for a chat. All have the same size. */
export function newMessage(chatId: ChatId, n: number): Outgoing {
  return withPayload(chatId, PAYLOADS[n % PAYLOADS.length] ?? "");
}

/** Makes a message of the usual length that begins with a text of its own. */
export function markedMessage(chatId: ChatId, mark: string): Outgoing {
  return withPayload(chatId, textPayload(`${mark} ${WORDS}`.slice(0, TEXT_CHARS)));
}
