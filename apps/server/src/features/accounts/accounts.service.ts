import { failure, type Result, success } from "@parley/protocol/errors.ts";
import type {
  Me,
  PasswordChange,
  ServerInfo,
  SignIn,
  SignUp,
  SignUpPolicy,
} from "@parley/protocol/http/accounts.ts";
import { AccountId, DeviceId, newId } from "@parley/protocol/ids.ts";
import { foldHandle } from "@parley/protocol/text.ts";
import { PROTOCOL_VERSIONS } from "@parley/protocol/versions.ts";
import type { VerifiedSession } from "../../socket/session-port.ts";
import { type Storage, transactOne } from "../../storage/port.ts";
import { type Grant, meOf, type SessionService } from "../sessions/sessions.service.ts";
import {
  admit,
  handleTaken,
  type RenameAccount,
  type SetPassword,
  type SignUpCommand,
} from "./accounts.commands.ts";
import { inviteHash } from "./invite-code.ts";
import type { PasswordHasher } from "./password.ts";
import type { SignInThrottle } from "./sign-in-throttle.ts";

/** When to come back if too many passwords are being checked already. */
const BUSY_RETRY_MS = 2000;

function busy() {
  return failure("busy", "The server is busy with other sign-ins.", {
    retryAfterMs: BUSY_RETRY_MS,
  });
}

function paused(retryAfterMs: number) {
  return failure("sign_in_paused", "Too many wrong passwords. Wait a moment.", { retryAfterMs });
}

export type AccountDeps = {
  storage: Storage;
  sessions: SessionService;
  hasher: PasswordHasher;
  throttle: SignInThrottle;
  policy: SignUpPolicy;
  version: string;
  nowMs: () => number;
};

/** Accounts: making them, signing in, names and passwords. */
export class AccountService {
  readonly #deps: AccountDeps;
  /** Accounts are never deleted, so once true it stays true. */
  #hasOwner = false;

  constructor(deps: AccountDeps) {
    this.#deps = deps;
  }

  async serverInfo(): Promise<ServerInfo> {
    const { storage, version, policy } = this.#deps;
    return {
      parley: true,
      serverId: storage.identity.serverId,
      version,
      protocols: [...PROTOCOL_VERSIONS],
      signUp: policy,
      hasOwner: await this.hasOwner(),
    };
  }

  async hasOwner(): Promise<boolean> {
    this.#hasOwner ||= await this.#deps.storage.hasAccounts();
    return this.#hasOwner;
  }

  /** V14 and the policy decide who may. `fromLoopback`: the request came from this machine itself. */
  async signUp(request: SignUp, fromLoopback: boolean): Promise<Result<Grant>> {
    const { storage, sessions, hasher, policy } = this.#deps;
    const handleKey = foldHandle(request.handle);
    const codeHash = request.invite ? inviteHash(request.invite) : null;
    const terms = { policy, fromLoopback, inviteHash: codeHash };
    const refusal = await this.#refusalAhead(terms, handleKey);
    if (refusal) return refusal;
    const passwordHash = await hasher.hash(request.password);
    if (passwordHash === undefined) return busy();
    const deviceId = newId(DeviceId);
    const command: SignUpCommand = {
      kind: "account.sign-up",
      accountId: newId(AccountId),
      deviceId,
      handle: request.handle,
      handleKey,
      name: request.name,
      passwordHash,
      device: request.device,
      ...terms,
    };
    const made = await transactOne(storage, command);
    return made.ok ? success(sessions.grant(made.value, deviceId)) : made;
  }

  /** What the command would refuse anyway is refused before a password is hashed for it. */
  async #refusalAhead(
    terms: Pick<SignUpCommand, "policy" | "fromLoopback" | "inviteHash">,
    handleKey: string,
  ): Promise<ReturnType<typeof failure> | undefined> {
    const { storage, nowMs } = this.#deps;
    const [hasAccounts, invite, namesake] = await Promise.all([
      storage.hasAccounts(),
      terms.inviteHash === null ? undefined : storage.invite(terms.inviteHash),
      storage.accountByHandle(handleKey),
    ]);
    const state = { hasAccounts: () => hasAccounts, invite: () => invite };
    const admission = admit(state, terms, nowMs());
    if (!admission.ok) return admission;
    return namesake ? handleTaken() : undefined;
  }

  /** V12: a wrong handle and a wrong password look and cost the same; a handle pauses after failures. */
  async signIn(request: SignIn): Promise<Result<Grant>> {
    const { storage, sessions, hasher, throttle } = this.#deps;
    const handleKey = foldHandle(request.handle);
    const account = await storage.accountByHandle(handleKey);
    const tried = await throttle.attempt(handleKey, () =>
      hasher.verify(account?.passwordHash, request.password),
    );
    if (tried.kind === "busy") return busy();
    if (tried.kind === "paused") return paused(tried.retryAfterMs);
    if (tried.kind === "wrong" || !account) {
      const triesLeft = tried.kind === "wrong" ? tried.triesLeft : 0;
      return failure("wrong_credentials", "The handle or the password is wrong.", { triesLeft });
    }
    return sessions.open(account, request.device);
  }

  async rename(accountId: AccountId, name: string): Promise<Result<Me>> {
    const command: RenameAccount = { kind: "account.rename", accountId, name };
    const renamed = await transactOne(this.#deps.storage, command);
    return renamed.ok ? success(meOf(renamed.value)) : renamed;
  }

  /** V11: ends every other session. Wrong current passwords count like failed sign-ins (V12). */
  async changePassword(
    identity: Pick<VerifiedSession, "accountId" | "deviceId">,
    change: PasswordChange,
  ): Promise<Result<null>> {
    const { storage, hasher, throttle } = this.#deps;
    const account = await storage.account(identity.accountId);
    if (!account) return failure("account_not_found", "There is no such account.");
    const tried = await throttle.attempt(account.handleKey, () =>
      hasher.verify(account.passwordHash, change.currentPassword),
    );
    if (tried.kind === "busy") return busy();
    if (tried.kind === "paused") return paused(tried.retryAfterMs);
    if (tried.kind === "wrong") {
      const { triesLeft } = tried;
      return failure("wrong_credentials", "The current password is wrong.", {
        field: "currentPassword",
        triesLeft,
      });
    }
    const passwordHash = await hasher.hash(change.newPassword);
    if (passwordHash === undefined) return busy();
    const command: SetPassword = {
      kind: "account.set-password",
      accountId: identity.accountId,
      passwordHash,
      checkedHash: account.passwordHash,
      keepDeviceId: identity.deviceId,
    };
    return transactOne(storage, command);
  }
}
