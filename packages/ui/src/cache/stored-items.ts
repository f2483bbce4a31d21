import { ChatId } from "@parley/protocol/ids.ts";
import type { z } from "zod";

/** One item of a synchronous store such as localStorage; undefined where there is none of that schema. */
export function storedItem<T>(storage: Storage, key: string, schema: z.ZodType<T>): T | undefined {
  try {
    const item = schema.safeParse(JSON.parse(storage.getItem(key) ?? "null"));
    return item.success ? item.data : undefined;
  } catch {
    // Not written by this app, or cut off.
    return undefined;
  }
}

/** All items of that schema whose key is `prefix` and a chat's id, by chat. */
export function storedByChat<T>(
  storage: Storage,
  prefix: string,
  schema: z.ZodType<T>,
): Map<ChatId, T> {
  const found = new Map<ChatId, T>();
  const keys = Array.from({ length: storage.length }, (_, index) => storage.key(index));
  for (const key of keys) {
    if (key?.startsWith(prefix) !== true) continue;
    const chatId = ChatId.safeParse(key.slice(prefix.length));
    const item = storedItem(storage, key, schema);
    if (chatId.success && item !== undefined) found.set(chatId.data, item);
  }
  return found;
}
