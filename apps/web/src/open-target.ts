import { parseWith } from "@parley/client/connection/parse.ts";
import { AccountKey, ChatId, ClientId } from "@parley/protocol/ids.ts";
import type { OpenTarget } from "@parley/ui/app/deps.ts";

function fieldOf(data: object, key: string): unknown {
  return Reflect.get(data, key);
}

/** Reads a target from outside: from the service worker, or from the window's address. */
export function readTarget(data: unknown): OpenTarget | undefined {
  if (typeof data !== "object" || data === null) return undefined;
  const accountKey = parseWith(AccountKey, fieldOf(data, "accountKey"));
  const chatId = parseWith(ChatId, fieldOf(data, "chatId"));
  const clientId = parseWith(ClientId, fieldOf(data, "clientId"));
  if (!accountKey.ok || !chatId.ok || !clientId.ok) return undefined;
  return { accountKey: accountKey.value, chatId: chatId.value, clientId: clientId.value };
}

function targetOfAddress(): OpenTarget | undefined {
  const text = new URLSearchParams(location.search).get("open");
  if (text === null) return undefined;
  history.replaceState(null, "", location.pathname);
  try {
    return readTarget(JSON.parse(text));
  } catch {
    // Somebody else's link; the app opens as always.
    return undefined;
  }
}

/**
 * Tells which chat to open: the one that a clicked notification opened this window for, and those of
 * later clicks. What comes before anybody listens is kept.
 */
export function openTargets(
  worker: ServiceWorkerContainer | undefined,
): (listener: (target: OpenTarget) => void) => () => void {
  const listeners = new Set<(target: OpenTarget) => void>();
  let waiting = targetOfAddress();
  worker?.addEventListener("message", (event: MessageEvent<unknown>) => {
    const target = readTarget(event.data);
    if (!target) return;
    if (listeners.size === 0) waiting = target;
    for (const listener of listeners) listener(target);
  });
  return (listener) => {
    listeners.add(listener);
    if (waiting) listener(waiting);
    waiting = undefined;
    return () => listeners.delete(listener);
  };
}
