import { z } from "zod";

/** RFC 9562 version 7, lower case: sorts by creation time. */
const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const uuidV7 = z.string().regex(UUID_V7, "must be a UUIDv7 in lower case");

export const AccountId = uuidV7.brand<"AccountId">();
export type AccountId = z.infer<typeof AccountId>;

/** S16: a session is a device. */
export const DeviceId = uuidV7.brand<"DeviceId">();
export type DeviceId = z.infer<typeof DeviceId>;

export const ChatId = uuidV7.brand<"ChatId">();
export type ChatId = z.infer<typeof ChatId>;

/** S3: the name a client gives to what it creates; unique on the server. */
export const ClientId = uuidV7.brand<"ClientId">();
export type ClientId = z.infer<typeof ClientId>;

/** S19: permanent name of a server. */
export const ServerId = uuidV7.brand<"ServerId">();
export type ServerId = z.infer<typeof ServerId>;

export const MediaId = uuidV7.brand<"MediaId">();
export type MediaId = z.infer<typeof MediaId>;

/** S6c: numbers of sync compare only within one epoch. */
export const DataEpoch = uuidV7.brand<"DataEpoch">();
export type DataEpoch = z.infer<typeof DataEpoch>;

/** S19: `serverId:accountId`, the name of an account across servers. */
export const AccountKey = z
  .string()
  .refine(
    (key) => {
      const [server, account, ...rest] = key.split(":");
      return rest.length === 0 && UUID_V7.test(server ?? "") && UUID_V7.test(account ?? "");
    },
    { error: "must be serverId:accountId" },
  )
  .brand<"AccountKey">();
export type AccountKey = z.infer<typeof AccountKey>;

/** Joins the two halves of an account key (S19). */
export function accountKeyOf(serverId: ServerId, accountId: AccountId): AccountKey {
  return AccountKey.parse(`${serverId}:${accountId}`);
}

/** Splits an account key (S19). */
export function splitAccountKey(key: AccountKey): { serverId: ServerId; accountId: AccountId } {
  const [server, account] = key.split(":");
  return { serverId: ServerId.parse(server), accountId: AccountId.parse(account) };
}

/** What a UUIDv7 is made of: the time in milliseconds since 1970 and 10 random bytes. */
export type UuidSource = { nowMs(): number; randomBytes(count: number): Uint8Array };

const systemSource: UuidSource = {
  nowMs: () => Date.now(),
  randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
};

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** Makes a UUIDv7 (RFC 9562, section 5.7). */
export function uuidv7(source: UuidSource = systemSource): string {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  const now = source.nowMs();
  view.setUint32(0, Math.floor(now / 0x1_0000));
  view.setUint16(4, now % 0x1_0000);
  bytes.set(source.randomBytes(10), 6);
  view.setUint8(6, (view.getUint8(6) & 0x0f) | 0x70);
  view.setUint8(8, (view.getUint8(8) & 0x3f) | 0x80);
  let text = "";
  for (let i = 0; i < 16; i++) {
    if (i === 4 || i === 6 || i === 8 || i === 10) text += "-";
    text += HEX[view.getUint8(i)];
  }
  return text;
}

/** Makes a fresh branded id, e.g. `newId(ClientId)`. */
export function newId<Id>(schema: { parse(text: string): Id }, source?: UuidSource): Id {
  return schema.parse(uuidv7(source));
}
