import { z } from "zod";
import { WireError } from "./errors.ts";
import { ChangeNumber } from "./event.ts";
import { AccountId, ChatId, ClientId } from "./ids.ts";
import { LIMITS } from "./limits.ts";
import { isWellFormed, utf8Bytes } from "./text.ts";

/**
 * S1: account state that all devices of an account share: keyed values, last version only. A key is
 * `kind:id`; a value is JSON written by a client, null once it was taken away. Kinds that a build does
 * not know are kept and passed on.
 */
export const ValueKey = z
  .string()
  .max(128)
  .regex(/^[a-z][a-z-]{0,31}:[A-Za-z0-9._-]{1,90}$/, "must be kind:id");
export type ValueKey = z.infer<typeof ValueKey>;

const ValueText = z
  .string()
  .refine((text) => utf8Bytes(text) <= LIMITS.payloadBytes, {
    error: `must be at most ${LIMITS.payloadBytes} bytes of UTF-8`,
  })
  .refine(isWellFormed, {
    error: "must not contain lone surrogates",
    params: { code: "text_not_well_formed" },
  })
  .refine(isJson, { error: "must be JSON" });

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** A value with the commit that last wrote it. */
export const AccountValue = z.object({
  change: ChangeNumber,
  key: ValueKey,
  value: z.string().nullable(),
});
export type AccountValue = z.infer<typeof AccountValue>;

/** S1: `baseRev` is the `change` of the version that the writer knew, 0 if it knew none. */
export const AccountValuePut = z.object({
  key: ValueKey,
  value: ValueText.nullable(),
  baseRev: ChangeNumber,
});
export type AccountValuePut = z.infer<typeof AccountValuePut>;

/**
 * S1: what became of a put. `stale` holds what stands on the server: the value was not written,
 * because it is a draft that changed since `baseRev`.
 */
export const ValueOutcome = z.union([
  z.object({ written: AccountValue }),
  z.object({ stale: AccountValue }),
  z.object({ error: WireError }),
]);
export type ValueOutcome = z.infer<typeof ValueOutcome>;

/** V51: how much of a message a notification tells: sender and text, the sender only, or neither. */
export const AlertPreview = z.enum(["all", "name", "none"]);
export type AlertPreview = z.infer<typeof AlertPreview>;

/** The kinds that this build reads, each with what its value holds. */
export const VALUES = {
  /** No alerts from this chat: until a time by the server's clock, or for good. */
  mute: { id: ChatId, value: z.object({ untilMs: z.number().int().positive().nullable() }) },
  /** The chat stands at the top of the list; the newest pin comes first. */
  pin: { id: ChatId, value: z.object({ atMs: z.number().int().nonnegative() }) },
  archive: { id: ChatId, value: z.object({ atMs: z.number().int().nonnegative() }) },
  block: { id: AccountId, value: z.object({ atMs: z.number().int().nonnegative() }) },
  /** V51: how alerts of a chat differ from the device's settings: what is null does not. */
  alert: {
    id: ChatId,
    value: z.object({
      /** `none`: without a sound; else a sound of the system by its name. */
      sound: z.string().min(1).max(64).nullable(),
      preview: AlertPreview.nullable(),
    }),
  },
  /** The unsent text of a chat. */
  draft: {
    id: ChatId,
    value: z.object({
      text: z.string().max(LIMITS.textUnits),
      replyTo: ClientId.nullable(),
      /** By the clock of the device that wrote it; for the eye only. */
      atMs: z.number().int().nonnegative(),
    }),
  },
} as const;
export type ValueKind = keyof typeof VALUES;
export type ValueId<Kind extends ValueKind> = z.infer<(typeof VALUES)[Kind]["id"]>;
export type ValueOf<Kind extends ValueKind> = z.infer<(typeof VALUES)[Kind]["value"]>;

/** The key of a value, e.g. `mute:` and the chat's id. */
export function valueKey<Kind extends ValueKind>(kind: Kind, id: ValueId<Kind>): ValueKey {
  return ValueKey.parse(`${kind}:${id}`);
}

/** Takes a key apart; undefined if this build does not read its kind. */
export function splitValueKey(key: ValueKey): { kind: ValueKind; id: string } | undefined {
  const at = key.indexOf(":");
  const kind = key.slice(0, at);
  const id = key.slice(at + 1);
  return isValueKind(kind) && VALUES[kind].id.safeParse(id).success ? { kind, id } : undefined;
}

function isValueKind(kind: string): kind is ValueKind {
  return Object.hasOwn(VALUES, kind);
}

type Parser<T> = {
  safeParse(data: unknown): { success: true; data: T } | { success: false };
};
/** The same schemas, typed by kind. */
const SCHEMAS: { [Kind in ValueKind]: { value: Parser<ValueOf<Kind>> } } = VALUES;

/** Reads a value. What is absent, unknown or damaged is undefined, never an exception. */
export function readValue<Kind extends ValueKind>(
  kind: Kind,
  value: string | null,
): ValueOf<Kind> | undefined {
  if (value === null) return undefined;
  try {
    const parsed = SCHEMAS[kind].value.safeParse(JSON.parse(value));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** Writes a value as it is put. */
export function writeValue<Kind extends ValueKind>(_kind: Kind, value: ValueOf<Kind>): string {
  return JSON.stringify(value);
}

/** V33: whether the value of a `block` key says that the account is blocked. */
export function isBlocked(value: string | null): boolean {
  return readValue("block", value) !== undefined;
}

/** Whether a mute holds at `nowMs` by the server's clock. */
export function isMuted(mute: ValueOf<"mute"> | undefined, nowMs: number): boolean {
  return mute !== undefined && (mute.untilMs === null || mute.untilMs > nowMs);
}
