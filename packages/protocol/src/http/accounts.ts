import { z } from "zod";
import { AccountId, DeviceId, ServerId } from "../ids.ts";
import { LIMITS } from "../limits.ts";
import { DisplayName, Handle, lineOfText } from "../person.ts";
import { isWellFormed } from "../text.ts";

export const SignUpPolicy = z.enum(["open", "invite", "closed"]);
export type SignUpPolicy = z.infer<typeof SignUpPolicy>;

/** GET /api/server: what a client needs before it signs in. */
export const ServerInfo = z.object({
  parley: z.literal(true),
  serverId: ServerId,
  version: z.string(),
  /** S15 */
  protocols: z.array(z.number().int()),
  signUp: SignUpPolicy,
  /** False until the first account exists; that one becomes the owner and needs no invite. */
  hasOwner: z.boolean(),
});
export type ServerInfo = z.infer<typeof ServerInfo>;

export const Password = z
  .string()
  .min(LIMITS.passwordMinChars, `must have at least ${LIMITS.passwordMinChars} characters`)
  .max(LIMITS.passwordMaxChars, `must have at most ${LIMITS.passwordMaxChars} characters`)
  .refine(isWellFormed, { error: "must not contain lone surrogates" });

export const Platform = z.enum(["linux", "macos", "windows", "web", "other"]);
export type Platform = z.infer<typeof Platform>;

/** S16: what a device says of itself. */
export const DeviceInfo = z.object({
  name: lineOfText(LIMITS.deviceNameUnits),
  platform: Platform,
});
export type DeviceInfo = z.infer<typeof DeviceInfo>;

/** X2: `cookie` for the web shell (HttpOnly, SameSite=Strict), `body` for the desktop's main process. */
const TokenTransport = z.enum(["cookie", "body"]).default("body");

/** POST /api/accounts */
export const SignUp = z.object({
  name: DisplayName,
  handle: Handle,
  password: Password,
  invite: z.string().trim().max(64).optional(),
  device: DeviceInfo,
  tokenTransport: TokenTransport,
});
export type SignUp = z.infer<typeof SignUp>;

/** POST /api/sessions. The handle is not checked for form: a wrong one is simply not known. */
export const SignIn = z.object({
  handle: z
    .string()
    .trim()
    .min(1)
    .max(LIMITS.handleMaxChars * 4),
  password: z.string().min(1).max(LIMITS.passwordMaxChars),
  device: DeviceInfo,
  tokenTransport: TokenTransport,
});
export type SignIn = z.infer<typeof SignIn>;

/** The account as its owner sees it. */
export const Me = z.object({
  accountId: AccountId,
  handle: z.string(),
  name: z.string(),
  role: z.enum(["owner", "admin", "user"]),
});
export type Me = z.infer<typeof Me>;

/** Answer to sign-up, sign-in and refresh. */
export const SessionGrant = z.object({
  serverId: ServerId,
  me: Me,
  deviceId: DeviceId,
  accessToken: z.string(),
  accessExpiresInS: z.number().int().positive(),
  /** Absent where it travels as a cookie (X2). */
  refreshToken: z.string().optional(),
});
export type SessionGrant = z.infer<typeof SessionGrant>;

/** POST /api/sessions/refresh: with the token in the body, or the device whose cookie to use. */
export const Refresh = z.union([
  z.object({ refreshToken: z.string().min(1).max(256) }),
  z.object({ deviceId: DeviceId }),
]);
export type Refresh = z.infer<typeof Refresh>;

/** S16: a device as its account sees it. Times are ms since 1970 by the server's clock. */
export const Device = DeviceInfo.extend({
  deviceId: DeviceId,
  /** When it signed in. */
  createdAt: z.number().int(),
  /** When its user was last there, or it last proved that it is signed in (V57). */
  lastSeenAt: z.number().int(),
  /** Whether it has a connection now. */
  connected: z.boolean(),
});
export type Device = z.infer<typeof Device>;

/** A device in a list, with whether it is the one that asked. */
export const ListedDevice = Device.extend({ current: z.boolean() });
export type ListedDevice = z.infer<typeof ListedDevice>;

/** GET /api/sessions: the devices that are signed in, newest first, `LIMITS.listedDevices` at most. */
export const SessionList = z.object({ sessions: z.array(ListedDevice) });
export type SessionList = z.infer<typeof SessionList>;

/** PATCH /api/sessions/:deviceId: how a device of the account is called (V57). */
export const DevicePatch = DeviceInfo.pick({ name: true });
export type DevicePatch = z.infer<typeof DevicePatch>;

/** PATCH /api/account */
export const AccountPatch = z.object({ name: DisplayName });
export type AccountPatch = z.infer<typeof AccountPatch>;

/** POST /api/account/password: signs out every other session. */
export const PasswordChange = z.object({
  currentPassword: z.string().min(1).max(LIMITS.passwordMaxChars),
  newPassword: Password,
});
export type PasswordChange = z.infer<typeof PasswordChange>;
