import { createHash, randomInt } from "node:crypto";

/** Crockford's base 32: no letters that are mistaken for digits or each other. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const GROUPS = 4;
const GROUP_CHARS = 5;

/** Makes an invite code with 100 bits of chance, e.g. `7H2QK-0ZD4W-XN8RV-3MCTB`. */
export function newInviteCode(): string {
  const group = () =>
    Array.from({ length: GROUP_CHARS }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join("");
  return Array.from({ length: GROUPS }, group).join("-");
}

/**
 * What is stored and looked up instead of a code: its SHA-256 in base64url. Case, dashes and spaces
 * do not matter, and O, I and L count as the digits they look like.
 */
export function inviteHash(code: string): string {
  const plain = code
    .toUpperCase()
    .replace(/[^0-9A-Z]/g, "")
    .replaceAll("O", "0")
    .replace(/[IL]/g, "1");
  return createHash("sha256").update(plain).digest("base64url");
}
