import type { Input } from "@parley/client/sync/apply.ts";
import { Change } from "@parley/protocol/chat.ts";
import { type AccountKey, ChatId } from "@parley/protocol/ids.ts";
import { REQUESTS } from "@parley/protocol/socket/requests.ts";

/** What windows of one account say to each other. */
type PeerMessage =
  /** To the writer: put this answer into the cache. */
  | { kind: "ingest"; id: string; inputs: readonly Input[] }
  | { kind: "ingested"; id: string }
  /** Chats that a window shows. */
  | { kind: "open"; windowId: string; chatIds: readonly ChatId[] }
  | { kind: "closed"; windowId: string }
  /** To the writer: somebody has emptied the cache. */
  | { kind: "emptied" }
  /** To the writer: the user wants what waits to be sent now. */
  | { kind: "hurry" };

function fieldsOf(data: unknown): ReadonlyMap<string, unknown> {
  return new Map(typeof data === "object" && data !== null ? Object.entries(data) : []);
}

function parseInput(data: unknown): Input | undefined {
  const fields = fieldsOf(data);
  if (fields.get("kind") === "part") {
    const part = REQUESTS["chat:history"].data.safeParse(fields.get("part"));
    return part.success ? { kind: "part", part: part.data } : undefined;
  }
  if (fields.get("kind") === "members") {
    const members = REQUESTS["chat:members"].data.safeParse(data);
    const chatId = ChatId.safeParse(fields.get("chatId"));
    if (!members.success || !chatId.success) return undefined;
    return { kind: "members", chatId: chatId.data, ...members.data };
  }
  const change = Change.safeParse(data);
  return change.success ? change.data : undefined;
}

/** Reads a message; undefined if it is not understood, e.g. of a window of another build (S20). */
function parseMessage(data: unknown): PeerMessage | undefined {
  const fields = fieldsOf(data);
  const [kind, id, windowId] = ["kind", "id", "windowId"].map((name) => fields.get(name));
  const list = (name: string): unknown[] => {
    const value = fields.get(name);
    return Array.isArray(value) ? value : [];
  };
  if (kind === "ingest" && typeof id === "string") {
    const inputs = list("inputs").map(parseInput);
    const known = inputs.filter((input) => input !== undefined);
    return known.length === inputs.length ? { kind, id, inputs: known } : undefined;
  }
  if (kind === "ingested" && typeof id === "string") return { kind, id };
  if (kind === "emptied" || kind === "hurry") return { kind };
  if (typeof windowId !== "string") return undefined;
  if (kind === "closed") return { kind, windowId };
  const chatIds = list("chatIds").flatMap((chatId) => ChatId.safeParse(chatId).data ?? []);
  return kind === "open" ? { kind, windowId, chatIds } : undefined;
}

/** A channel that reaches the other windows of this origin, not this one. */
export type PeerChannel = {
  post(message: unknown): void;
  listen(listener: (message: unknown) => void): void;
  close(): void;
};

export function broadcastPeers(accountKey: AccountKey): PeerChannel {
  const channel = new BroadcastChannel(`parley.peers.${accountKey}`);
  return {
    post: (message) => channel.postMessage(message),
    listen: (listener) => {
      channel.addEventListener("message", (event: MessageEvent<unknown>) => listener(event.data));
    },
    close: () => channel.close(),
  };
}

/** The writer answers within this time, or the answer was for nobody. */
const INGEST_MS = 5_000;

export type PeerDeps = {
  channel: PeerChannel;
  windowId: string;
  /** Applies if this window is the writer; false otherwise. */
  ingestHere(inputs: readonly Input[]): Promise<boolean>;
  /** All chats that any window shows. */
  onOpenChats(chatIds: readonly ChatId[]): void;
  /** The cache was emptied, by this window or another. */
  onEmptied(): void;
  /** The user, in this window or another, wants what waits to be sent now. */
  onHurry(): void;
};

/** S20: only the writer touches the cache, so windows hand it what they fetched. */
export function createPeers(deps: PeerDeps) {
  const { channel, windowId } = deps;
  const waiting = new Map<string, (done: boolean) => void>();
  const open = new Map<string, readonly ChatId[]>();
  let count = 0;

  function shownChanged(): void {
    deps.onOpenChats([...new Set([...open.values()].flat())]);
  }

  function post(message: PeerMessage): void {
    channel.post(message);
  }

  async function onMessage(message: PeerMessage): Promise<void> {
    if (message.kind === "ingest") {
      if (await deps.ingestHere(message.inputs)) post({ kind: "ingested", id: message.id });
      return;
    }
    if (message.kind === "ingested") {
      waiting.get(message.id)?.(true);
      return;
    }
    if (message.kind === "emptied") return deps.onEmptied();
    if (message.kind === "hurry") return deps.onHurry();
    if (message.kind === "open") open.set(message.windowId, message.chatIds);
    else open.delete(message.windowId);
    shownChanged();
  }

  channel.listen((data) => {
    const message = parseMessage(data);
    if (message !== undefined) void onMessage(message);
  });

  return {
    /** Has the writer apply what was fetched, here or in another window. False if no writer took it. */
    async ingest(inputs: readonly Input[]): Promise<boolean> {
      if (await deps.ingestHere(inputs)) return true;
      count += 1;
      const id = `${windowId}:${count}`;
      return new Promise((resolve) => {
        const done = (taken: boolean): void => {
          clearTimeout(timer);
          waiting.delete(id);
          resolve(taken);
        };
        const timer = setTimeout(() => done(false), INGEST_MS);
        waiting.set(id, done);
        post({ kind: "ingest", id, inputs });
      });
    },
    setOpenChats(chatIds: readonly ChatId[]): void {
      open.set(windowId, chatIds);
      post({ kind: "open", windowId, chatIds });
      shownChanged();
    },
    /** This window has emptied the cache. */
    emptied(): void {
      deps.onEmptied();
      post({ kind: "emptied" });
    },
    hurry(): void {
      deps.onHurry();
      post({ kind: "hurry" });
    },
    close(): void {
      post({ kind: "closed", windowId });
      for (const done of waiting.values()) done(false);
      channel.close();
    },
  };
}
