import { createHmac, timingSafeEqual } from "node:crypto";
import { AccountId, DeviceId } from "@parley/protocol/ids.ts";

/** Who a request comes from. */
export type Identity = { accountId: AccountId; deviceId: DeviceId };

/** X2: what a refresh token says once its signature holds. */
export type RefreshClaim = { deviceId: DeviceId; generation: number };

export type AccessCheck =
  | { ok: true; identity: Identity; expiresAtMs: number }
  | { ok: false; reason: "forged" | "expired" };

/** Longest token that is looked at. */
const MAX_TOKEN_CHARS = 512;
/** Generations count refreshes of one device; more digits are nobody's. */
const GENERATION = /^[1-9]\d{0,14}$/;

/**
 * X2: signs and checks tokens. Needs no storage: whether the device still stands is asked
 * elsewhere. An access token is `accountId.deviceId.expiryInSeconds.mac`; a refresh token is
 * `deviceId.generation.mac`. The two have keys of their own, so neither passes for the other.
 */
export class Tokens {
  readonly #access: Buffer;
  readonly #refresh: Buffer;

  constructor(keys: { access: Buffer; refresh: Buffer }) {
    this.#access = keys.access;
    this.#refresh = keys.refresh;
  }

  /** Makes an access token that holds until `expiresAtMs`, rounded down to the second. */
  issueAccess(identity: Identity, expiresAtMs: number): string {
    const expiryS = Math.floor(expiresAtMs / 1000);
    return sign(this.#access, `${identity.accountId}.${identity.deviceId}.${expiryS}`);
  }

  checkAccess(token: string, nowMs: number): AccessCheck {
    const parts = verify(this.#access, token);
    if (parts?.length !== 3) return { ok: false, reason: "forged" };
    const [account, device, expiry] = parts;
    const accountId = AccountId.safeParse(account);
    const deviceId = DeviceId.safeParse(device);
    const expiresAtMs = Number(expiry) * 1000;
    if (!accountId.success || !deviceId.success || !Number.isSafeInteger(expiresAtMs)) {
      return { ok: false, reason: "forged" };
    }
    if (expiresAtMs <= nowMs) return { ok: false, reason: "expired" };
    return {
      ok: true,
      identity: { accountId: accountId.data, deviceId: deviceId.data },
      expiresAtMs,
    };
  }

  issueRefresh(claim: RefreshClaim): string {
    return sign(this.#refresh, `${claim.deviceId}.${claim.generation}`);
  }

  /** Undefined for anything that this server did not sign. */
  checkRefresh(token: string): RefreshClaim | undefined {
    const parts = verify(this.#refresh, token);
    if (parts?.length !== 2) return undefined;
    const deviceId = DeviceId.safeParse(parts[0]);
    const generation = parts[1] ?? "";
    if (!deviceId.success || !GENERATION.test(generation)) return undefined;
    return { deviceId: deviceId.data, generation: Number(generation) };
  }
}

function macOf(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

function sign(key: Buffer, text: string): string {
  return `${text}.${macOf(key, text).toString("base64url")}`;
}

/** The signed fields, or undefined when the signature does not hold. */
function verify(key: Buffer, token: string): string[] | undefined {
  if (token.length > MAX_TOKEN_CHARS) return undefined;
  const cut = token.lastIndexOf(".");
  if (cut < 1) return undefined;
  const text = token.slice(0, cut);
  const expected = macOf(key, text);
  const given = Buffer.from(token.slice(cut + 1), "base64url");
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  return text.split(".");
}
