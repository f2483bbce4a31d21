import type { Bridge } from "@parley/protocol/bridge/bridge.ts";
import type { NoticeBody } from "@parley/protocol/bridge/contract.ts";
import type { Result } from "@parley/protocol/errors.ts";
import type { AccountKey } from "@parley/protocol/ids.ts";
import { useEffect, useRef } from "react";
import type { AccountSession } from "../cache/account-session.ts";
import type { Live } from "../cache/live.ts";

type Acted = NoticeBody<"notification:acted">;
type Sessions = ReadonlyMap<AccountKey, Result<AccountSession>>;

const HOUR_MS = 3_600_000;

/** A message that was notified before this window had it is here by then, or its chat is gone. */
const FETCHED_WITHIN_MS = 60_000;

/** The first value that a read model has, once there is one; null if none comes in time. */
async function firstOf<T>(live: Live<T | null>): Promise<T | null> {
  const { promise, resolve } = Promise.withResolvers<T | null>();
  const look = (): void => {
    const value = live.get();
    if (value !== undefined && value !== null) resolve(value);
  };
  const stop = live.subscribe(look);
  const timer = setTimeout(() => resolve(null), FETCHED_WITHIN_MS);
  look();
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    stop();
  }
}

/** Does to a message what its notification offered. Whoever answers has read what they answer. */
export async function carryOut(
  session: Pick<AccountSession, "reads" | "markRead" | "muteChat" | "sendText">,
  { chatId, clientId, what }: Acted,
): Promise<Result<unknown>[]> {
  if (what.act === "mute-hour") return [await session.muteChat(chatId, HOUR_MS)];
  const outcomes: Result<unknown>[] = [];
  // Whatever is half written in the app's own field stays there.
  if (what.act === "reply") {
    outcomes.push(await session.sendText(chatId, { text: what.text }, "stays"));
  }
  const message = await firstOf(session.reads.message(chatId, clientId));
  if (message?.kind === "event") outcomes.push(await session.markRead(chatId, message.seq));
  return outcomes;
}

/** Desktop: carries out what the user did to notifications; what comes before its session waits for it. */
export function useNotificationActs(bridge: Bridge, sessions: Sessions): void {
  const waiting = useRef<Acted[]>([]);
  useEffect(() => {
    const act = (acted: Acted): void => {
      const session = sessions.get(acted.accountKey);
      if (session?.ok) void carryOut(session.value, acted);
      else waiting.current.push(acted);
    };
    for (const acted of waiting.current.splice(0)) act(acted);
    return bridge.on("notification:acted", act);
  }, [bridge, sessions]);
}
