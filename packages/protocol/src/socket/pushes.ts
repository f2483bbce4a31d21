import { z } from "zod";
import { Changes } from "../chat.ts";
import { SeqMark } from "../event.ts";
import { WireError } from "../errors.ts";
import { Device } from "../http/accounts.ts";
import { AccountId, ChatId, DataEpoch, DeviceId } from "../ids.ts";
import { Presence } from "../person.ts";

/** Every frame that the server sends unasked. Names are `domain:verb`. */
export const PUSHES = {
  /** S6: live changes. They never advance `since`. */
  "sync:changes": z.object({ changes: Changes }),
  /** S6: everything after `since` once more, sent in intervals; applied like a hello's pages. */
  "sync:heal": z.object({
    dataEpoch: DataEpoch,
    since: SeqMark,
    watermark: SeqMark,
    changes: Changes,
  }),
  /** S10 */
  "typing:changed": z.object({ chatId: ChatId, accountId: AccountId, typing: z.boolean() }),
  /** S10 */
  "presence:changed": z.object({ presences: z.array(Presence) }),
  /** S18: what another device of this account has in view; it holds for `forMs`. */
  "attention:changed": z.object({
    deviceId: DeviceId,
    chatIds: z.array(ChatId),
    forMs: z.number().int().nonnegative(),
  }),
  /** V43: how many other connections this account has; said when it has any, and when that changes. */
  "session:others": z.object({ others: z.number().int().nonnegative() }),
  /** V57: the account's devices, all of them, whenever one came, went, was renamed or (dis)connected. */
  "devices:changed": z.object({ devices: z.array(Device) }),
  /** Why the server closes this connection; it follows at once. */
  "session:ended": z.object({ error: WireError }),
} as const satisfies Record<string, z.ZodType>;

export type PushName = keyof typeof PUSHES;
export type PushBody<Name extends PushName> = z.output<(typeof PUSHES)[Name]>;

/** What a client presents when it opens a socket (Socket.IO's `auth`). */
export const SocketAuth = z.object({
  accessToken: z.string().max(1024),
  /** S15 */
  protocols: z.array(z.number().int()).min(1).max(16),
});
export type SocketAuth = z.infer<typeof SocketAuth>;

/** First frame of an accepted connection: `session:welcome`. */
export const Welcome = z.object({
  protocol: z.number().int(),
  accountId: AccountId,
  deviceId: DeviceId,
  dataEpoch: DataEpoch,
  /** Server clock, ms since 1970: the client shows ages by the difference. */
  nowMs: z.number().int(),
});
export type Welcome = z.infer<typeof Welcome>;

/** Path of the socket endpoint. */
export const SOCKET_PATH = "/api/socket";
