import { failure, type Result, success } from "@parley/protocol/errors.ts";
import type { SessionGrant } from "@parley/protocol/http/accounts.ts";
import type { DeviceId, ServerId } from "@parley/protocol/ids.ts";
import type { AccountApi } from "./account-api.ts";
import type { Clock } from "./ports.ts";

/** A token with less life left than this is not used for a new connection. */
const MIN_LIFE_MS = 30_000;

/** Keeps the refresh tokens of the desktop, encrypted (X2). The web shell's are cookies. */
export type SecretStore = {
  get(name: string): Promise<string | undefined>;
  set(name: string, secret: string): Promise<void>;
  delete(name: string): Promise<void>;
};

/** X2: how refresh tokens travel and where they stay. */
export type TokenTransport = { kind: "cookie" } | { kind: "body"; secrets: SecretStore };

export type AccessToken = {
  accessToken: string;
  /** How long it is still good, in ms, by this machine's clock. */
  lifeMs: number;
  /** Whether the server made it for this very call. */
  fresh: boolean;
};

type Options = {
  api: AccountApi;
  clock: Clock;
  transport: TokenTransport;
  serverId: ServerId;
  deviceId: DeviceId;
  /** Name of the secret, with the accountKey in it (S19). */
  secretName: string;
  /** Told of every grant: names and roles may have changed. */
  granted: (grant: SessionGrant) => void;
};

/** X2: the access token of one session, in memory only, renewed by one request at a time. */
export class TokenKeeper {
  readonly #options: Options;
  #current: { accessToken: string; expiresAtMs: number } | undefined;
  #refreshing: Promise<Result<AccessToken>> | undefined;
  #isRetired = false;

  constructor(options: Options, grant?: SessionGrant) {
    this.#options = options;
    if (grant) this.#remember(grant);
  }

  /** A token that is still good, or one made now; always made now if `force`. Never rejects. */
  obtain(force: boolean): Promise<Result<AccessToken>> {
    const current = this.#current;
    const lifeMs = current ? current.expiresAtMs - this.#options.clock.nowMs() : 0;
    if (current && !force && lifeMs > MIN_LIFE_MS) {
      return Promise.resolve(success({ accessToken: current.accessToken, lifeMs, fresh: false }));
    }
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  /**
   * The session has ended here, though not yet on its server: from now on no refresh token is kept, for
   * the place may be that of a newer session. The one that is kept goes on answering until a later one
   * was used (X2).
   */
  retire(): void {
    this.#isRetired = true;
  }

  /** Forgets all tokens of this session on this device. */
  async forget(): Promise<void> {
    this.#current = undefined;
    const { transport, secretName } = this.#options;
    if (transport.kind === "body") await transport.secrets.delete(secretName);
  }

  async #refresh(): Promise<Result<AccessToken>> {
    try {
      return await this.#refreshNow();
    } catch (error) {
      // A keyring that is locked, a disk that is full: both may pass.
      const reason = error instanceof Error ? error.message : String(error);
      return failure("internal", `The kept tokens could not be reached: ${reason}`);
    }
  }

  async #refreshNow(): Promise<Result<AccessToken>> {
    const { api, transport, secretName, deviceId, serverId, granted } = this.#options;
    const secret = transport.kind === "body" ? await transport.secrets.get(secretName) : undefined;
    if (transport.kind === "body" && secret === undefined) {
      return failure("unauthenticated", "No refresh token is kept for this session.");
    }
    const grant = await api.refresh(secret === undefined ? { deviceId } : { refreshToken: secret });
    if (!grant.ok) return grant;
    if (grant.value.serverId !== serverId) {
      return failure("server_changed", "Another server answers at this address.");
    }
    // Signed in again meanwhile: what is kept under this name is the newer session's.
    if (grant.value.deviceId !== deviceId) {
      return failure("session_revoked", "The kept token is of a newer session.");
    }
    // Kept before it is used: whoever loses it may still use the one before (X2).
    if (!this.#isRetired) await saveRefreshToken(transport, secretName, grant.value);
    this.#remember(grant.value);
    granted(grant.value);
    return success({
      accessToken: grant.value.accessToken,
      lifeMs: grant.value.accessExpiresInS * 1000,
      fresh: true,
    });
  }

  #remember(grant: SessionGrant): void {
    const expiresAtMs = this.#options.clock.nowMs() + grant.accessExpiresInS * 1000;
    this.#current = { accessToken: grant.accessToken, expiresAtMs };
  }
}

/** Keeps the refresh token of a grant where this shell keeps it; nothing to do for cookies. */
export async function saveRefreshToken(
  transport: TokenTransport,
  secretName: string,
  grant: SessionGrant,
): Promise<void> {
  if (transport.kind === "cookie" || grant.refreshToken === undefined) return;
  await transport.secrets.set(secretName, grant.refreshToken);
}
