import { z } from "zod";
import { AccountId } from "./ids.ts";
import { LIMITS } from "./limits.ts";

/**
 * S2a: what a payload holds under alg `none`: one tagged union, written once by the sender with 16
 * random bytes of salt so that an erased text cannot be guessed from its hash. On the server only
 * search, cloud-api and push may import this file (S2b).
 */
const Salt = z.string().regex(/^[A-Za-z0-9_-]{22}$/);

export const TextContent = z.object({
  type: z.literal("text"),
  salt: Salt,
  text: z.string().min(1).max(LIMITS.textUnits),
  /** Where the text names accounts, in UTF-16 units; the envelope's `mentions` says who is told (S2b). */
  spans: z
    .array(
      z.object({
        kind: z.literal("mention"),
        at: z.number().int().nonnegative(),
        length: z.number().int().positive(),
        accountId: AccountId,
      }),
    )
    .max(LIMITS.mentions)
    .optional(),
});
export type TextContent = z.infer<typeof TextContent>;
export type TextSpan = NonNullable<TextContent["spans"]>[number];

export const Content = z.discriminatedUnion("type", [TextContent]);
export type Content = z.infer<typeof Content>;

/** What a reader gets: content that this build knows, or the word that it does not (S2b). */
export type OpenedContent = Content | { type: "unknown" };

function toBase64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
}

/**
 * Writes the payload of a text message or of an edit (S2a). `text` must be well formed and within
 * LIMITS.textUnits; `spans` must lie within it.
 */
export function textPayload(
  text: string,
  salt: Uint8Array = crypto.getRandomValues(new Uint8Array(16)),
  spans: readonly TextSpan[] = [],
): string {
  const content: TextContent = {
    type: "text",
    salt: toBase64Url(salt),
    text,
    ...(spans.length > 0 && { spans: [...spans] }),
  };
  return JSON.stringify(content);
}

/** Reads a payload. Anything unknown or damaged is `unknown`, never an exception (S2b). */
export function openPayload(alg: string, payload: string): OpenedContent {
  if (alg !== "none") return { type: "unknown" };
  try {
    const parsed = Content.safeParse(JSON.parse(payload));
    return parsed.success ? parsed.data : { type: "unknown" };
  } catch {
    return { type: "unknown" };
  }
}
