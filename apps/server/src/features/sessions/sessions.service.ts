import { failure, type Result, success } from "@parley/protocol/errors.ts";
import type { DeviceInfo, Me, SessionGrant, SessionList } from "@parley/protocol/http/accounts.ts";
import { DeviceId, newId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import type { VerifiedSession } from "../../socket/session-port.ts";
import { listedDevices } from "../../storage/listed-devices.ts";
import { type Storage, transactOne } from "../../storage/port.ts";
import type { AccountRow } from "../../storage/rows.ts";
import { sessionRevoked } from "./devices.service.ts";
import { FIRST_GENERATION } from "./rotation.ts";
import type {
  EndSession,
  EndSessions,
  OpenSession,
  RefreshOutcome,
  RefreshSession,
  RenameDevice,
} from "./sessions.commands.ts";
import type { Identity, Tokens } from "./tokens.ts";

/** A grant with its refresh token, before the border decides how that travels (X2). */
export type Grant = SessionGrant & { refreshToken: string };

/** The account as its owner sees it. */
export function meOf(account: AccountRow): Me {
  const { accountId, handle, name, role } = account;
  return { accountId, handle, name, role };
}

/** S16, X2: sessions of devices: what they are given, how it is checked and how it ends. */
export class SessionService {
  readonly #storage: Storage;
  readonly #tokens: Tokens;
  readonly #nowMs: () => number;

  constructor(deps: { storage: Storage; tokens: Tokens; nowMs: () => number }) {
    this.#storage = deps.storage;
    this.#tokens = deps.tokens;
    this.#nowMs = deps.nowMs;
  }

  /** X2: tokens for a device whose account was just made, signed in or refreshed. */
  grant(account: AccountRow, deviceId: DeviceId, generation = FIRST_GENERATION): Grant {
    const expiresAtMs = this.#nowMs() + LIMITS.accessTokenSeconds * 1000;
    return {
      serverId: this.#storage.identity.serverId,
      me: meOf(account),
      deviceId,
      accessToken: this.#tokens.issueAccess(
        { accountId: account.accountId, deviceId },
        expiresAtMs,
      ),
      accessExpiresInS: LIMITS.accessTokenSeconds,
      refreshToken: this.#tokens.issueRefresh({ deviceId, generation }),
    };
  }

  /** Opens a session for an account whose password was found right against `account.passwordHash`. */
  async open(account: AccountRow, device: DeviceInfo): Promise<Result<Grant>> {
    const command: OpenSession = {
      kind: "session.open",
      accountId: account.accountId,
      deviceId: newId(DeviceId),
      device,
      checkedHash: account.passwordHash,
    };
    const opened = await transactOne(this.#storage, command);
    return opened.ok ? success(this.grant(account, opened.value.deviceId)) : opened;
  }

  /**
   * X2: `deviceId` is named where the token came as a cookie, and has to be the token's own.
   * Fails with `session_revoked` or `account_disabled`: after either the user has to sign in.
   */
  async refresh(refreshToken: string, deviceId?: DeviceId): Promise<Result<Grant>> {
    const claim = this.#tokens.checkRefresh(refreshToken);
    if (!claim || (deviceId !== undefined && claim.deviceId !== deviceId))
      return sessionRevoked(undefined);
    const command: RefreshSession = { kind: "session.refresh", ...claim };
    const outcome = await transactOne<RefreshOutcome>(this.#storage, command);
    if (!outcome.ok) return outcome;
    if (!outcome.value.granted) return sessionRevoked(undefined);
    return success(this.grant(outcome.value.account, claim.deviceId, outcome.value.generation));
  }

  /** Who signed an access token, by its signature alone: no storage is asked. For rate limits. */
  signedBy(accessToken: string): Identity | undefined {
    const check = this.#tokens.checkAccess(accessToken, this.#nowMs());
    return check.ok ? check.identity : undefined;
  }

  /** Which device a refresh token was made for, by its signature alone: no storage is asked. For rate limits. */
  refreshSignedBy(refreshToken: string): DeviceId | undefined {
    return this.#tokens.checkRefresh(refreshToken)?.deviceId;
  }

  /** V11: checks an access token and that its device still stands. */
  async verifyAccess(accessToken: string): Promise<Result<VerifiedSession>> {
    const check = this.#tokens.checkAccess(accessToken, this.#nowMs());
    if (!check.ok) {
      return check.reason === "expired"
        ? failure("token_expired", "The access token has expired.")
        : failure("unauthenticated", "The access token is missing or not of this server.");
    }
    const { accountId, deviceId } = check.identity;
    const [device, account] = await Promise.all([
      this.#storage.device(deviceId),
      this.#storage.account(accountId),
    ]);
    if (!device || !account || device.accountId !== accountId) return sessionRevoked(undefined);
    if (device.revokedAt !== null) {
      const { revokedBy } = device;
      return sessionRevoked(revokedBy === null ? undefined : await this.#storage.device(revokedBy));
    }
    if (account.disabledAt !== null)
      return failure("account_disabled", "This account is disabled.");
    return success({ accountId, deviceId, expiresAtMs: check.expiresAtMs });
  }

  /** V57: the account's own devices. `connected`: those that have a connection. */
  async list(identity: Identity, connected: ReadonlySet<DeviceId>): Promise<SessionList> {
    const devices = await listedDevices(this.#storage, identity.accountId, connected);
    return {
      sessions: devices.map((device) => ({
        ...device,
        current: device.deviceId === identity.deviceId,
      })),
    };
  }

  /** V57: signs out one device of the account; `not_found` for any other. */
  end({ accountId, deviceId: byDeviceId }: Identity, deviceId: DeviceId): Promise<Result<null>> {
    const command: EndSession = { kind: "session.end", accountId, byDeviceId, deviceId };
    return transactOne(this.#storage, command);
  }

  /** Signs out every device of the account. */
  endAll({ accountId, deviceId: byDeviceId }: Identity): Promise<Result<null>> {
    const command: EndSessions = { kind: "session.end-all", accountId, byDeviceId };
    return transactOne(this.#storage, command);
  }

  /** V57: names one device of the account anew; `not_found` for any other and for one signed out. */
  rename(
    { accountId, deviceId: byDeviceId }: Identity,
    deviceId: DeviceId,
    name: string,
  ): Promise<Result<null>> {
    const command: RenameDevice = {
      kind: "session.rename",
      accountId,
      byDeviceId,
      deviceId,
      name,
    };
    return transactOne(this.#storage, command);
  }
}
