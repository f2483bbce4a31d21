import type { AccountId, DeviceId } from "@parley/protocol/ids.ts";
import {
  accept,
  type Command,
  type CommandSpec,
  defineCommand,
  type Write,
} from "../../storage/command.ts";

/** S10: when somebody was last there. Only this survives of presence; it is no change (S6). */
export interface MarkSeen extends Command<Record<string, never>> {
  readonly kind: "presence.mark-seen";
  readonly accountId: AccountId;
  readonly deviceId: DeviceId;
  readonly at: number;
  /** V57: its connection is gone: the account's other devices hear since when. */
  readonly isGone?: boolean;
}

/** Never goes back; an account or device that is gone is passed over. */
export const markSeen: CommandSpec<MarkSeen, Record<string, never>> = {
  kind: "presence.mark-seen",
  reads: ({ accountId, deviceId }) => [
    { table: "account", accountId },
    { table: "device", deviceId },
  ],
  decide(state, { accountId, deviceId, at, isGone = false }) {
    const account = state.account(accountId);
    const device = state.device(deviceId);
    const writes: Write[] = [
      ...(account && (account.lastSeenAt ?? 0) < at
        ? [{ put: "account" as const, row: { ...account, lastSeenAt: at } }]
        : []),
      ...(device && device.lastSeenAt < at
        ? [{ put: "device" as const, row: { ...device, lastSeenAt: at } }]
        : []),
    ];
    return accept({}, writes, isGone && device ? [{ kind: "devices", accountId }] : []);
  },
};

export const presenceCommands = [defineCommand(markSeen)];
