import type { Bridge } from "@parley/protocol/bridge/bridge.ts";
import type { ConnectionStatus } from "@parley/protocol/bridge/contract.ts";
import type { AccountId, AccountKey, ChatId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import type { Presence } from "@parley/protocol/person.ts";
import { createStore, type StoreApi } from "zustand/vanilla";

/** What is true only now (S10): connection, who writes, who is there. Never stored. */
export type LiveState = {
  connection: ConnectionStatus | null;
  /** Whether this window was connected before: it reconnects from then on. */
  wasLive: boolean;
  typing: ReadonlyMap<ChatId, readonly AccountId[]>;
  presences: ReadonlyMap<AccountId, Presence>;
};
export type LiveStore = StoreApi<LiveState>;

/** Live states of all accounts of a window. */
export type LiveHub = {
  of(accountKey: AccountKey): LiveStore;
  stop(): void;
};

function createLiveStore(): LiveStore {
  return createStore<LiveState>()(() => ({
    connection: null,
    wasLive: false,
    typing: new Map(),
    presences: new Map(),
  }));
}

/**
 * Follows the bridge's notices about what is true only now. Make it before the window's `host:hello`:
 * the host tells the connection's state right after it. Typing ends by itself if its end gets lost.
 */
export function createLiveHub(bridge: Bridge): LiveHub {
  const stores = new Map<AccountKey, LiveStore>();
  const timers = new Map<string, ReturnType<typeof setTimeout>>();

  function of(accountKey: AccountKey): LiveStore {
    const known = stores.get(accountKey);
    if (known !== undefined) return known;
    const made = createLiveStore();
    stores.set(accountKey, made);
    return made;
  }

  function setTyping(
    accountKey: AccountKey,
    chatId: ChatId,
    accountId: AccountId,
    typing: boolean,
  ): void {
    const timer = `${accountKey} ${chatId} ${accountId}`;
    clearTimeout(timers.get(timer));
    timers.delete(timer);
    if (typing) {
      const end = (): void => setTyping(accountKey, chatId, accountId, false);
      timers.set(timer, setTimeout(end, LIMITS.typingShownMs));
    }
    of(accountKey).setState((state) => {
      const before = state.typing.get(chatId) ?? [];
      if (before.includes(accountId) === typing) return state;
      const now = typing ? [...before, accountId] : before.filter((id) => id !== accountId);
      return { typing: new Map(state.typing).set(chatId, now) };
    });
  }

  const stops = [
    bridge.on("connection:changed", ({ accountKey, status }) => {
      of(accountKey).setState((state) => ({
        connection: status,
        wasLive: state.wasLive || status.state === "live",
        // What was true before the connection broke may no longer be.
        ...(status.state !== "live" && { presences: new Map(), typing: new Map() }),
      }));
    }),
    bridge.on("typing:changed", ({ accountKey, chatId, accountId, typing }) =>
      setTyping(accountKey, chatId, accountId, typing),
    ),
    bridge.on("presence:changed", ({ accountKey, presences }) => {
      of(accountKey).setState((state) => {
        const next = new Map(state.presences);
        for (const presence of presences) next.set(presence.accountId, presence);
        return { presences: next };
      });
    }),
  ];

  return {
    of,
    stop() {
      for (const stop of stops) stop();
      for (const timer of timers.values()) clearTimeout(timer);
    },
  };
}
