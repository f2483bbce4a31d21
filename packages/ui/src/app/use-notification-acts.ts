import type { Bridge } from "@parley/protocol/bridge/bridge.ts";
import type { NoticeBody } from "@parley/protocol/bridge/contract.ts";
import { type Failure, type Result, success } from "@parley/protocol/errors.ts";
import type { AccountKey } from "@parley/protocol/ids.ts";
import { useCallback, useEffect, useRef, useState } from "react";
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

/** What the user did to notifications and could not be done, the oldest first. */
export type UndoneActs = { first: UndoneAct | null; forget: () => void; again: () => void };

/** What could not be done, why, and the way to do the rest of it after all. */
export type UndoneAct = { acted: Acted; failure: Failure; again: () => Promise<UndoneAct | null> };

type Step = () => Promise<Result<unknown>>;

/** Does the steps in their order and stops at the first that fails. */
async function takeSteps(acted: Acted, steps: readonly Step[]): Promise<UndoneAct | null> {
  for (const [index, step] of steps.entries()) {
    const result = await step();
    if (!result.ok) {
      return { acted, failure: result.error, again: () => takeSteps(acted, steps.slice(index)) };
    }
  }
  return null;
}

/**
 * Does to a message what its notification offered. Whoever answers has read what they answer.
 *
 * @returns null when all of it is done; a reply is then in the outbox
 */
export async function carryOut(
  session: Pick<AccountSession, "reads" | "markRead" | "muteChat" | "sendText">,
  acted: Acted,
): Promise<UndoneAct | null> {
  const { chatId, clientId, what } = acted;
  if (what.act === "mute-hour") return takeSteps(acted, [() => session.muteChat(chatId, HOUR_MS)]);
  const read: Step = async () => {
    const message = await firstOf(session.reads.message(chatId, clientId));
    return message?.kind === "event" ? session.markRead(chatId, message.seq) : success(undefined);
  };
  if (what.act === "mark-read") return takeSteps(acted, [read]);
  // Whatever is half written in the app's own field stays there.
  return takeSteps(acted, [() => session.sendText(chatId, { text: what.text }, "stays"), read]);
}

/**
 * Desktop: carries out what the user did to notifications; what comes before its session waits for it.
 *
 * @returns the oldest that could not be done, a way to try it again and one to let it be
 */
export function useNotificationActs(bridge: Bridge, sessions: Sessions): UndoneActs {
  const waiting = useRef<Acted[]>([]);
  const [undone, setUndone] = useState<readonly UndoneAct[]>([]);
  const keep = useCallback((act: UndoneAct | null): void => {
    if (act !== null) setUndone((all) => [...all, act]);
  }, []);
  useEffect(() => {
    const act = (acted: Acted): void => {
      const session = sessions.get(acted.accountKey);
      if (session?.ok) void carryOut(session.value, acted).then(keep);
      else waiting.current.push(acted);
    };
    for (const acted of waiting.current.splice(0)) act(acted);
    return bridge.on("notification:acted", act);
  }, [bridge, sessions, keep]);

  const forget = (): void => setUndone((all) => all.slice(1));
  return {
    first: undone[0] ?? null,
    forget,
    again: () => {
      forget();
      void undone[0]?.again().then(keep);
    },
  };
}
