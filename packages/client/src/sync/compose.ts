import { type TextSpan, textPayload } from "@parley/protocol/content.ts";
import { failure, type Result, success } from "@parley/protocol/errors.ts";
import { REL, type Relation, type Send } from "@parley/protocol/event.ts";
import {
  type AccountId,
  type ChatId,
  ClientId,
  newId,
  type UuidSource,
} from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import { toWellFormed, utf8Bytes } from "@parley/protocol/text.ts";

/** What a composer hands over: the text, who is mentioned, and where the text names them. */
export type TextBody = {
  text: string;
  /** Accounts to mention; those that `spans` name are mentioned in any case. */
  mentions?: readonly AccountId[] | undefined;
  /** Where `text` names accounts, in UTF-16 units. */
  spans?: readonly TextSpan[] | undefined;
};

export type TextToSend = TextBody & { replyTo?: ClientId | undefined };

function invalid(message: string, field: string): Result<never> {
  return failure("invalid_request", message, { field });
}

function composeBody(
  chatId: ChatId,
  input: TextBody,
  rel: Relation | undefined,
  ids?: UuidSource,
): Result<Send> {
  const text = toWellFormed(input.text);
  const spans = input.spans ?? [];
  if (text.trim() === "") return invalid("The text is empty.", "text");
  if (text.length > LIMITS.textUnits) {
    return failure("too_large", `The text has more than ${LIMITS.textUnits} characters.`, {
      field: "text",
    });
  }
  if (spans.some((span) => span.at < 0 || span.length < 1 || span.at + span.length > text.length)) {
    return invalid("A mention lies outside of the text.", "spans");
  }
  const mentions = [
    ...new Set([...spans.map((span) => span.accountId), ...(input.mentions ?? [])]),
  ];
  if (spans.length > LIMITS.mentions || mentions.length > LIMITS.mentions) {
    return failure("too_large", `The text mentions more than ${LIMITS.mentions} people.`, {
      field: "mentions",
    });
  }
  const payload = textPayload(text, ids?.randomBytes(16), spans);
  if (utf8Bytes(payload) > LIMITS.payloadBytes) {
    return failure("too_large", `The message has more than ${LIMITS.payloadBytes} bytes.`, {
      field: "text",
    });
  }
  return success({
    chatId,
    clientId: newId(ClientId, ids),
    alg: "none",
    type: "text",
    ...(rel && { rel }),
    ...(mentions.length > 0 && { mentions }),
    // V29: only what is a message of its own may alert.
    notify: rel?.kind !== REL.edit,
    payload,
  });
}

/**
 * Makes the Send of a text message (S2, S2a). E4: lone surrogates become U+FFFD; a text of more than
 * LIMITS.textUnits, a payload of more than LIMITS.payloadBytes or more than LIMITS.mentions mentions
 * is `too_large`, an empty or blank text or a span outside of it `invalid_request`. Nothing is split
 * or cut.
 */
export function composeText(chatId: ChatId, input: TextToSend, ids?: UuidSource): Result<Send> {
  const rel = input.replyTo === undefined ? undefined : { kind: REL.reply, target: input.replyTo };
  return composeBody(chatId, input, rel, ids);
}

/** Makes the Send of an edit of `target` (S12, V29): the text anew, with the limits of a message. */
export function composeEdit(
  chatId: ChatId,
  target: ClientId,
  input: TextBody,
  ids?: UuidSource,
): Result<Send> {
  return composeBody(chatId, input, { kind: REL.edit, target }, ids);
}

/** Length of a reaction's key that the wire takes, in UTF-16 units. */
const KEY_UNITS = 64;

/** Makes the Send of a reaction (S12). All that it says stands in `rel`, so its payload is empty. */
export function composeReaction(
  chatId: ChatId,
  target: ClientId,
  key: string,
  ids?: UuidSource,
): Result<Send> {
  if (key === "" || key.length > KEY_UNITS || toWellFormed(key) !== key) {
    return invalid("This is no key of a reaction.", "key");
  }
  return success(bare(chatId, { kind: REL.reaction, target, key }, ids));
}

/**
 * Makes the Send that erases a message (S13), or, with the key of a reaction, takes that reaction
 * back (V29).
 */
export function composeRedact(
  chatId: ChatId,
  target: ClientId,
  key?: string,
  ids?: UuidSource,
): Send {
  return bare(chatId, { kind: REL.redact, target, ...(key !== undefined && { key }) }, ids);
}

function bare(chatId: ChatId, rel: Relation, ids?: UuidSource): Send {
  return {
    chatId,
    clientId: newId(ClientId, ids),
    alg: "none",
    type: rel.kind,
    rel,
    notify: false,
    payload: "",
  };
}
