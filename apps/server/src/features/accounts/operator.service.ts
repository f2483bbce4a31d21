import { randomInt } from "node:crypto";
import { failure, type Result, success } from "@parley/protocol/errors.ts";
import { foldHandle } from "@parley/protocol/text.ts";
import { type Storage, transactOne } from "../../storage/port.ts";
import type { CreateInvite, SetPassword } from "./accounts.commands.ts";
import { inviteHash, newInviteCode } from "./invite-code.ts";
import type { PasswordHasher } from "./password.ts";

const HOUR_MS = 3_600_000;
/** Without letters and digits that are mistaken for each other when read aloud. */
const PASSWORD_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789";
const PASSWORD_CHARS = 16;

function newPassword(): string {
  const chars = Array.from({ length: PASSWORD_CHARS }, () =>
    PASSWORD_ALPHABET.charAt(randomInt(PASSWORD_ALPHABET.length)),
  ).join("");
  return chars.replace(/.{4}(?!$)/g, "$&-");
}

/** What the operator of a server does from the command line, without an account. */
export class OperatorService {
  readonly #storage: Storage;
  readonly #hasher: PasswordHasher;

  constructor(deps: { storage: Storage; hasher: PasswordHasher }) {
    this.#storage = deps.storage;
    this.#hasher = deps.hasher;
  }

  /** Makes an invite that lets in `uses` accounts within `hours`. Only its hash is stored. */
  async invite(terms: { uses: number; hours: number }): Promise<Result<{ code: string }>> {
    const code = newInviteCode();
    const command: CreateInvite = {
      kind: "invite.create",
      codeHash: inviteHash(code),
      createdBy: null,
      validForMs: terms.hours * HOUR_MS,
      uses: terms.uses,
    };
    const made = await transactOne(this.#storage, command);
    return made.ok ? success({ code }) : made;
  }

  /** Gives an account a new random password and signs out all its devices. */
  async resetPassword(handle: string): Promise<Result<{ handle: string; password: string }>> {
    const account = await this.#storage.accountByHandle(foldHandle(handle.trim()));
    if (!account) return failure("account_not_found", "There is no account with this handle.");
    const password = newPassword();
    const passwordHash = await this.#hasher.hash(password);
    if (passwordHash === undefined) return failure("busy", "The server is busy. Try again.");
    const command: SetPassword = {
      kind: "account.set-password",
      accountId: account.accountId,
      passwordHash,
      checkedHash: null,
      keepDeviceId: null,
    };
    const set = await transactOne(this.#storage, command);
    return set.ok ? success({ handle: account.handle, password }) : set;
  }
}
