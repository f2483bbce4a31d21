import { contentHashOf } from "@parley/protocol/chain.ts";
import { openPayload } from "@parley/protocol/content.ts";
import type { OpenContent } from "./ports.ts";

const encoder = new TextEncoder();

/**
 * Opens what alg "none" wrote. V61: what does not fit its contentHash says nothing. Where the hash is not
 * known, as of an edit in a fold, there is nothing to compare.
 * @param sha256 SHA-256, at once or later
 */
export function openChecked(
  sha256: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array | Promise<Uint8Array>,
): OpenContent {
  return async ({ alg, payload, contentHash }) => {
    if (payload === null) return { type: "unknown" };
    if (contentHash !== undefined) {
      const digest = await sha256(encoder.encode(payload));
      if (contentHashOf(() => digest, payload) !== contentHash) return { type: "unknown" };
    }
    return openPayload(alg, payload);
  };
}
