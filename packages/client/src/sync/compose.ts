import { textPayload } from "@parley/protocol/content.ts";
import { failure, type Result, success } from "@parley/protocol/errors.ts";
import type { Send } from "@parley/protocol/event.ts";
import {
  type AccountId,
  type ChatId,
  ClientId,
  newId,
  type UuidSource,
} from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import { toWellFormed, utf8Bytes } from "@parley/protocol/text.ts";

export type TextToSend = {
  text: string;
  replyTo?: ClientId | undefined;
  mentions?: readonly AccountId[] | undefined;
};

/**
 * Makes the Send of a text message (S2, S2a). E4: lone surrogates become U+FFFD; a text of more than
 * LIMITS.textUnits or a payload of more than LIMITS.payloadBytes is `too_large`, an empty or blank
 * text `invalid_request`. Nothing is split or cut.
 */
export function composeText(chatId: ChatId, input: TextToSend, ids?: UuidSource): Result<Send> {
  const text = toWellFormed(input.text);
  if (text.trim() === "")
    return failure("invalid_request", "The text is empty.", { field: "text" });
  if (text.length > LIMITS.textUnits) {
    return failure("too_large", `The text has more than ${LIMITS.textUnits} characters.`, {
      field: "text",
    });
  }
  const payload = textPayload(text, ids?.randomBytes(16));
  if (utf8Bytes(payload) > LIMITS.payloadBytes) {
    return failure("too_large", `The message has more than ${LIMITS.payloadBytes} bytes.`, {
      field: "text",
    });
  }
  const mentions = [...new Set(input.mentions)].slice(0, LIMITS.mentions);
  return success({
    chatId,
    clientId: newId(ClientId, ids),
    alg: "none",
    type: "text",
    ...(input.replyTo !== undefined && { rel: { kind: "reply", target: input.replyTo } }),
    ...(mentions.length > 0 && { mentions }),
    notify: true,
    payload,
  });
}
