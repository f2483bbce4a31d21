import { type Messages, setupI18n } from "@lingui/core";
import { compileMessage } from "@lingui/message-utils/compileMessage";
import type { ErrorCode, Failure } from "@parley/protocol/errors.ts";
import { en } from "./en.ts";

/** Every key of the catalogue. */
export type MessageKey = keyof typeof en;

type Until<Text extends string, Stop extends string> = Text extends `${infer Head}${Stop}${string}`
  ? Head
  : Text;
/** A brace opens a placeholder if one bare word follows; the branches of a plural hold more. */
type Word<Text extends string> = Text extends
  | `${string} ${string}`
  | `#${string}`
  | ``
  | `(${string}`
  ? never
  : Text;
type Names<Text extends string> = Text extends `${string}{${infer Rest}`
  ? Word<Until<Until<Until<Rest, "{">, "}">, ",">> | Names<Rest>
  : never;

/** What a message needs to be filled in. */
export type MessageValues<Key extends MessageKey> = Record<
  Names<(typeof en)[Key]>,
  string | number
>;

type Args<Key extends MessageKey> = [Names<(typeof en)[Key]>] extends [never]
  ? []
  : [values: MessageValues<Key>];

function compiled(catalogue: Record<string, string>): Messages {
  const messages: Messages = {};
  for (const [key, text] of Object.entries(catalogue)) messages[key] = compileMessage(text);
  return messages;
}

const i18n = setupI18n({ locale: "en", messages: { en: compiled(en) } });

/** The text of a key in the current language, with its placeholders filled in. */
export function t<Key extends MessageKey>(key: Key, ...[values]: Args<Key>): string {
  return i18n._(key, values);
}

/** E1: what the user is told for a failure. */
export function errorText(error: Pick<Failure, "code">): string {
  return errorCodeText(error.code);
}

/** E1: what the user is told for a code. */
export function errorCodeText(code: ErrorCode): string {
  return i18n._(`error.${code}`);
}

/** Catalogue languages are apart from the user's region: times follow the region (format.ts). */
export function catalogueLocale(): string {
  return i18n.locale;
}
