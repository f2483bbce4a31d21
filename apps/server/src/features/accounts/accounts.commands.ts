import { failure } from "@parley/protocol/errors.ts";
import type { DeviceInfo, SignUpPolicy } from "@parley/protocol/http/accounts.ts";
import { type AccountId, ChatId, type DeviceId } from "@parley/protocol/ids.ts";
import { accept, type Command, defineCommand, type State } from "../../storage/command.ts";
import type { Key } from "../../storage/keys.ts";
import type { AccountRow, InviteRow } from "../../storage/rows.ts";
import { selfChatWrites } from "../../stream/self-chat.ts";
import { newDevice, revokeDevices } from "../sessions/devices.service.ts";

/** Makes an account with its first device and its notes to self (V5). */
export interface SignUpCommand extends Command<AccountRow> {
  readonly kind: "account.sign-up";
  readonly accountId: AccountId;
  readonly deviceId: DeviceId;
  readonly handle: string;
  /** By foldHandle. */
  readonly handleKey: string;
  readonly name: string;
  readonly passwordHash: string;
  readonly device: DeviceInfo;
  readonly inviteHash: string | null;
  readonly policy: SignUpPolicy;
  /** V14: whether the request came from this machine itself. */
  readonly fromLoopback: boolean;
}

export interface RenameAccount extends Command<AccountRow> {
  readonly kind: "account.rename";
  readonly accountId: AccountId;
  readonly name: string;
}

/** Sets a new password and signs out every other device (V11). */
export interface SetPassword extends Command<null> {
  readonly kind: "account.set-password";
  readonly accountId: AccountId;
  readonly passwordHash: string;
  /** The hash that the current password was checked against; null where the operator resets it. */
  readonly checkedHash: string | null;
  /** The device that stays signed in; null signs out all of them. */
  readonly keepDeviceId: DeviceId | null;
}

export interface CreateInvite extends Command<null> {
  readonly kind: "invite.create";
  readonly codeHash: string;
  readonly createdBy: AccountId | null;
  /** From now, in milliseconds. */
  readonly validForMs: number;
  readonly uses: number;
}

type SignUpState = Pick<State, "hasAccounts" | "invite">;
type SignUpTerms = Pick<SignUpCommand, "policy" | "fromLoopback" | "inviteHash">;
/** Let in, perhaps by an invite that is used up by it; or the failure. */
type Admission = { ok: true; role: AccountRow["role"]; used: InviteRow | null };

/**
 * V14 and the sign-up policy: the first account becomes the owner whatever the policy, when it comes
 * from this machine or brings an invite; everybody else by policy. Pure; also asked before a password
 * is hashed in vain.
 */
export function admit(
  state: SignUpState,
  terms: SignUpTerms,
  now: number,
): Admission | ReturnType<typeof failure> {
  const isFirst = !state.hasAccounts();
  const role = isFirst ? "owner" : "user";
  if (!isFirst && terms.policy === "closed") {
    return failure("sign_up_closed", "This server takes no new accounts.");
  }
  if (isFirst ? terms.fromLoopback : terms.policy === "open") return { ok: true, role, used: null };
  if (terms.inviteHash === null) return failure("invite_required", "An invite is needed here.");
  const invite = state.invite(terms.inviteHash);
  if (!invite || invite.usesLeft < 1 || invite.expiresAt <= now) {
    return failure("invite_invalid", "This invite is not valid, or no longer.", {
      field: "invite",
    });
  }
  return { ok: true, role, used: { ...invite, usesLeft: invite.usesLeft - 1 } };
}

export function handleTaken() {
  return failure("handle_taken", "This handle is taken.", { field: "handle" });
}

const signUp = defineCommand<SignUpCommand, AccountRow>({
  kind: "account.sign-up",
  reads(command) {
    const invite: Key[] =
      command.inviteHash === null ? [] : [{ table: "invite", codeHash: command.inviteHash }];
    return [{ table: "any-account" }, { table: "handle", handleKey: command.handleKey }, ...invite];
  },
  decide(state, command, context) {
    const admission = admit(state, command, context.now);
    if (!admission.ok) return admission;
    if (state.accountByHandle(command.handleKey)) return handleTaken();
    const { accountId, deviceId, handle, handleKey, name, passwordHash } = command;
    const selfChatId = ChatId.parse(context.ids.next());
    const account: AccountRow = {
      accountId,
      handle,
      handleKey,
      name,
      passwordHash,
      role: admission.role,
      createdAt: context.now,
      disabledAt: null,
      lastSeenAt: null,
      selfChatId,
      change: context.change,
    };
    const selfChat = selfChatWrites({ chatId: selfChatId, accountId, deviceId }, context);
    return accept(
      account,
      [
        { put: "account", row: account },
        { put: "device", row: newDevice(command, context.now) },
        ...(admission.used ? [{ put: "invite" as const, row: admission.used }] : []),
        ...selfChat.writes,
      ],
      selfChat.publish,
    );
  },
});

const rename = defineCommand<RenameAccount, AccountRow>({
  kind: "account.rename",
  reads: (command) => [{ table: "account", accountId: command.accountId }],
  decide(state, command, { change }) {
    const account = state.account(command.accountId);
    if (!account) return failure("account_not_found", "There is no such account.");
    if (account.name === command.name) return accept(account);
    const row = { ...account, name: command.name, change };
    const { accountId, handle, name } = row;
    return accept(
      row,
      [{ put: "account", row }],
      [{ kind: "person", person: { accountId, handle, name } }],
    );
  },
});

const setPassword = defineCommand<SetPassword, null>({
  kind: "account.set-password",
  reads: (command) => [
    { table: "account", accountId: command.accountId },
    { table: "devices", accountId: command.accountId },
  ],
  decide(state, command, { now }) {
    const { accountId, passwordHash, checkedHash, keepDeviceId } = command;
    const account = state.account(accountId);
    if (!account) return failure("account_not_found", "There is no such account.");
    if (checkedHash !== null && checkedHash !== account.passwordHash) {
      return failure("wrong_credentials", "The current password is wrong.", {
        field: "currentPassword",
      });
    }
    const by = state.devicesOf(accountId).find((one) => one.deviceId === keepDeviceId) ?? null;
    const ended = revokeDevices(state, accountId, { except: keepDeviceId, by, now });
    // `change` stays: nobody sees a password, so there is nothing to catch up on.
    const put = { put: "account" as const, row: { ...account, passwordHash } };
    return accept(null, [put, ...ended.writes], ended.publish);
  },
});

const createInvite = defineCommand<CreateInvite, null>({
  kind: "invite.create",
  reads: () => [],
  decide(_state, command, { now }) {
    const { codeHash, createdBy, validForMs, uses } = command;
    const row = {
      codeHash,
      createdBy,
      createdAt: now,
      expiresAt: now + validForMs,
      usesLeft: uses,
    };
    return accept(null, [{ put: "invite", row }]);
  },
});

export const accountCommands = [signUp, rename, setPassword, createInvite];
