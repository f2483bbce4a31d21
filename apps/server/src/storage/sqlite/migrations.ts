/**
 * The numbered, forward-only steps from an empty file to the present schema. A step that has shipped
 * never changes; the file's `user_version` says how many it has seen.
 *
 * Ids are text. Tables that grow with messages keep a rowid, so that they are written at their end;
 * small ones that are found by their key go without.
 */
export const MIGRATIONS: readonly string[] = [
  `
CREATE TABLE meta (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  server_id TEXT NOT NULL,
  data_epoch TEXT NOT NULL,
  change INTEGER NOT NULL
) STRICT;

CREATE TABLE accounts (
  account_id TEXT PRIMARY KEY,
  handle TEXT NOT NULL,
  handle_key TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  search_handle TEXT NOT NULL,
  search_name TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  role TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  disabled_at INTEGER,
  last_seen_at INTEGER,
  self_chat_id TEXT NOT NULL,
  change INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX accounts_change ON accounts (change, account_id);

CREATE TABLE devices (
  device_id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL,
  name TEXT NOT NULL,
  platform TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  last_seen_at INTEGER NOT NULL,
  generation INTEGER NOT NULL,
  revoked_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX devices_account ON devices (account_id);

CREATE TABLE invites (
  code_hash TEXT PRIMARY KEY,
  created_by TEXT,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  uses_left INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE chats (
  chat_id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  title TEXT,
  created_at INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  pair_key TEXT,
  history TEXT NOT NULL,
  head_seq INTEGER NOT NULL,
  head_hash TEXT NOT NULL,
  head_at INTEGER NOT NULL,
  last_message_seq INTEGER NOT NULL,
  rev INTEGER NOT NULL,
  membership_version INTEGER NOT NULL,
  member_count INTEGER NOT NULL,
  delivered_min INTEGER,
  delivered_holders INTEGER,
  delivered_next INTEGER,
  delivered_next_holders INTEGER,
  read_min INTEGER,
  read_holders INTEGER,
  read_next INTEGER,
  read_next_holders INTEGER,
  change INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX chats_pair ON chats (pair_key) WHERE pair_key IS NOT NULL;

CREATE TABLE memberships (
  chat_id TEXT NOT NULL,
  account_id TEXT NOT NULL,
  joined_seq INTEGER NOT NULL,
  left_seq INTEGER,
  visible_from_seq INTEGER NOT NULL,
  role TEXT NOT NULL,
  delivered_seq INTEGER NOT NULL,
  read_seq INTEGER NOT NULL,
  change INTEGER NOT NULL,
  PRIMARY KEY (chat_id, account_id, joined_seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX memberships_account ON memberships (account_id, chat_id);

-- payload: what the sender wrote, byte for byte; null once erased (S13).
-- The fold columns say what later events did to this one (S12).
CREATE TABLE events (
  event_no INTEGER PRIMARY KEY,
  chat_id TEXT NOT NULL,
  seq INTEGER NOT NULL,
  client_id TEXT NOT NULL UNIQUE,
  at INTEGER NOT NULL,
  sender_id TEXT NOT NULL,
  sender_device_id TEXT NOT NULL,
  alg TEXT NOT NULL,
  type TEXT NOT NULL,
  rel_kind TEXT,
  rel_target TEXT,
  rel_key TEXT,
  target_seq INTEGER,
  root_seq INTEGER,
  mentions TEXT,
  expires_in_s INTEGER,
  notify INTEGER NOT NULL,
  media_ids TEXT,
  if_membership INTEGER,
  system TEXT,
  content_hash TEXT NOT NULL,
  prev_hash TEXT NOT NULL,
  hash TEXT NOT NULL,
  payload TEXT,
  is_message INTEGER NOT NULL,
  change INTEGER NOT NULL,
  fold_seq INTEGER NOT NULL DEFAULT 0,
  edit_seq INTEGER,
  erased_seq INTEGER,
  erased_at INTEGER,
  erased_by TEXT
) STRICT;
CREATE UNIQUE INDEX events_seq ON events (chat_id, seq);
-- S9: unread numbers come from this index alone.
CREATE INDEX events_counted ON events (chat_id, seq, sender_id)
  WHERE is_message = 1 AND erased_seq IS NULL;
-- S17: who was a member at some seq follows from these alone.
CREATE INDEX events_system ON events (chat_id, seq) WHERE system IS NOT NULL;

CREATE TABLE mentions (
  chat_id TEXT NOT NULL,
  account_id TEXT NOT NULL,
  seq INTEGER NOT NULL,
  PRIMARY KEY (chat_id, account_id, seq)
) STRICT, WITHOUT ROWID;

-- Written in order of time, so the oldest stand first and are pruned from there.
CREATE TABLE receipt_moves (
  move_no INTEGER PRIMARY KEY,
  chat_id TEXT NOT NULL,
  account_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  seq INTEGER NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX receipt_moves_seq ON receipt_moves (chat_id, account_id, kind, seq, at);
`,
  `
-- S1: keyed values of an account, last version only; null once taken away (V32).
CREATE TABLE account_values (
  value_no INTEGER PRIMARY KEY,
  account_id TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT,
  change INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX account_values_key ON account_values (account_id, key);
CREATE INDEX account_values_change ON account_values (account_id, change, key);
`,
  `
-- S6c: each chat's head when this data epoch began with a restore.
CREATE TABLE restored_heads (
  data_epoch TEXT NOT NULL,
  chat_id TEXT NOT NULL,
  head_seq INTEGER NOT NULL,
  head_hash TEXT NOT NULL,
  PRIMARY KEY (data_epoch, chat_id)
) STRICT, WITHOUT ROWID;

-- S13: messages that were erased after the backup and sent after it, too: their names are never taken
-- again. Only a restore writes here.
CREATE TABLE erased_elsewhere (
  client_id TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
`,
  `
-- S12: reactions of the fold as JSON. Its newest edit stands in the row that edit_seq names.
ALTER TABLE events ADD COLUMN fold TEXT;
CREATE INDEX events_folded ON events (chat_id, fold_seq, seq, erased_seq) WHERE fold_seq > 0;
-- Whatever changed the fold of an event, in order.
CREATE INDEX events_relations ON events (chat_id, coalesce(root_seq, target_seq), seq)
  WHERE rel_kind IN ('edit', 'reaction', 'redact');
-- One live reaction per account, target and key; a reaction lives as long as its payload.
CREATE UNIQUE INDEX events_reaction ON events (rel_target, sender_id, rel_key)
  WHERE rel_kind = 'reaction' AND payload IS NOT NULL;
`,
  `
-- V57: the device from which this one was signed out.
ALTER TABLE devices ADD COLUMN revoked_by TEXT;
`,
];
