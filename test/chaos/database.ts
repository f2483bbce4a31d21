import { createHash } from "node:crypto";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { CHAIN_START, verifyEvent } from "@parley/protocol/chain.ts";
import { Event } from "@parley/protocol/event.ts";
import { z } from "zod";

const sha256 = (bytes: Uint8Array): Uint8Array => createHash("sha256").update(bytes).digest();

/** Columns of a stored event that its hash covers. */
const StoredEvent = z
  .object({
    chat_id: z.string(),
    seq: z.number(),
    client_id: z.string(),
    at: z.number(),
    sender_id: z.string(),
    sender_device_id: z.string(),
    alg: z.string(),
    type: z.string(),
    rel_kind: z.string().nullable(),
    rel_target: z.string().nullable(),
    rel_key: z.string().nullable(),
    target_seq: z.number().nullable(),
    root_seq: z.number().nullable(),
    mentions: z.string().nullable(),
    expires_in_s: z.number().nullable(),
    notify: z.number(),
    media_ids: z.string().nullable(),
    if_membership: z.number().nullable(),
    system: z.string().nullable(),
    content_hash: z.string(),
    prev_hash: z.string(),
    hash: z.string(),
    payload: z.string().nullable(),
  })
  .transform((row) =>
    Event.parse({
      chatId: row.chat_id,
      seq: row.seq,
      clientId: row.client_id,
      at: row.at,
      senderId: row.sender_id,
      senderDeviceId: row.sender_device_id,
      alg: row.alg,
      type: row.type,
      ...(row.rel_kind !== null && {
        rel: {
          kind: row.rel_kind,
          target: row.rel_target,
          ...(row.rel_key !== null && { key: row.rel_key }),
        },
      }),
      ...(row.target_seq !== null && { targetSeq: row.target_seq }),
      ...(row.root_seq !== null && { rootSeq: row.root_seq }),
      ...(row.mentions !== null && { mentions: JSON.parse(row.mentions) as unknown }),
      ...(row.expires_in_s !== null && { expiresInS: row.expires_in_s }),
      notify: row.notify === 1,
      ...(row.media_ids !== null && { mediaIds: JSON.parse(row.media_ids) as unknown }),
      ...(row.if_membership !== null && { ifMembership: row.if_membership }),
      ...(row.system !== null && { system: JSON.parse(row.system) as unknown }),
      contentHash: row.content_hash,
      prevHash: row.prev_hash,
      hash: row.hash,
      payload: row.payload,
    }),
  );

const StoredChat = z.object({ chat_id: z.string(), head_seq: z.number(), head_hash: z.string() });

/** What a database says that it holds, or what is wrong with it. */
export type DatabaseReport = { events: number; clientIds: Set<string>; faults: string[] };

/**
 * Looks through the database of a server that does not run: SQLite's own check, then every chat from
 * its first event to its head, hash by hash (S2a).
 */
export function checkDatabase(dataDir: string): DatabaseReport {
  const db = new DatabaseSync(join(dataDir, "parley.db"));
  const faults: string[] = [];
  const clientIds = new Set<string>();
  let events = 0;
  try {
    for (const row of db.prepare("PRAGMA integrity_check").all()) {
      if (row["integrity_check"] !== "ok") faults.push(`integrity: ${String(Object.values(row))}`);
    }
    const ofChat = db.prepare("SELECT * FROM events WHERE chat_id = ? ORDER BY seq");
    for (const stored of db.prepare("SELECT chat_id, head_seq, head_hash FROM chats").iterate()) {
      const chat = StoredChat.parse(stored);
      let previous = CHAIN_START;
      let seq = 0;
      for (const row of ofChat.iterate(chat.chat_id)) {
        const event = StoredEvent.parse(row);
        const where = `chat ${chat.chat_id} #${event.seq}`;
        if (event.seq !== seq + 1) faults.push(`${where} follows #${seq}`);
        const fault = verifyEvent(sha256, event, previous);
        if (fault !== undefined) faults.push(`${where}: ${fault} does not fit`);
        if (clientIds.has(event.clientId)) faults.push(`${where}: its clientId is there twice`);
        clientIds.add(event.clientId);
        previous = event.hash;
        seq = event.seq;
        events += 1;
      }
      if (seq !== chat.head_seq || previous !== chat.head_hash) {
        faults.push(`chat ${chat.chat_id}: its head is #${chat.head_seq}, its last event #${seq}`);
      }
    }
  } finally {
    db.close();
  }
  return { events, clientIds, faults };
}
