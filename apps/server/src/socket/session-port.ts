import type { Result } from "@parley/protocol/errors.ts";
import type { AccountId, DeviceId } from "@parley/protocol/ids.ts";

/** Who is behind an access token, and until when (V11), ms since 1970 by the server's clock. */
export type VerifiedSession = { accountId: AccountId; deviceId: DeviceId; expiresAtMs: number };

/**
 * Checks an access token: signature, expiry, and that device and account are still in use.
 * Failures: `unauthenticated`, `token_expired`, `session_revoked`, `account_disabled`.
 */
export type VerifyAccess = (accessToken: string) => Promise<Result<VerifiedSession>>;
