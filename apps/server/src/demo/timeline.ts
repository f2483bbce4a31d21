import type { DemoArrears, DemoChat, DemoScene } from "./demo-types.ts";
import type { Random } from "./random.ts";

/** One thing that happens in the demo, at a time. `chat` is the place in the list of chats. */
export type DemoStep = { atMs: number; chat: number } & (
  | { kind: "create" }
  | { kind: "say"; handle: string; text: string; mentions: readonly string[] }
  /** After a scene: how far each member has come, as a count of messages in the chat so far. */
  | { kind: "receipts"; marks: readonly DemoMark[] }
);

/** Messages of the chat that have reached a member, and that they have read, counted from the start. */
export type DemoMark = { handle: string; delivered: number; read: number };

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
/** The chat is made this long before somebody speaks. */
const CREATED_BEFORE_MS = 2 * MINUTE_MS;
/** Typing speed of the demo's people. */
const MS_PER_CHARACTER = 90;
const NOTHING_BEHIND: DemoArrears = { unread: 0 };

function startOf(scene: DemoScene, nowMs: number): number {
  if ("minutesAgo" in scene.start) return nowMs - scene.start.minutesAgo * MINUTE_MS;
  const [hours = 0, minutes = 0] = scene.start.at.split(":").map(Number);
  const date = new Date(nowMs);
  date.setDate(date.getDate() - scene.start.daysAgo);
  date.setHours(hours, minutes, 0, 0);
  return date.getTime();
}

/** How many messages of others stand at or before each place; used to find where arrears begin. */
function readThrough(speakers: readonly string[], handle: string, behind: number): number {
  let left = behind;
  for (let count = speakers.length; count > 0; count--) {
    if (left === 0) return count;
    if (speakers[count - 1] !== handle) left -= 1;
  }
  return 0;
}

function stepsOfChat(chat: DemoChat, index: number, nowMs: number, random: Random): DemoStep[] {
  const steps: DemoStep[] = [];
  const speakers = chat.scenes.flatMap((scene) => scene.lines.map(([handle]) => handle));
  const caps = chat.members.map((handle) => {
    const { unread, undelivered = 0 } = chat.behind?.[handle] ?? NOTHING_BEHIND;
    return {
      handle,
      read: readThrough(speakers, handle, unread),
      delivered: readThrough(speakers, handle, undelivered),
    };
  });
  let said = 0;
  for (const scene of chat.scenes) {
    let atMs = startOf(scene, nowMs);
    if (steps.length === 0 && chat.kind !== "self") {
      steps.push({ kind: "create", chat: index, atMs: atMs - CREATED_BEFORE_MS });
    }
    for (const [handle, text, mentions = []] of scene.lines) {
      steps.push({ kind: "say", chat: index, atMs, handle, text, mentions });
      said += 1;
      atMs += 4 * SECOND_MS + text.length * MS_PER_CHARACTER + random.below(50 * SECOND_MS);
    }
    const marks = caps.map(({ handle, read, delivered }) => ({
      handle,
      read: Math.min(read, said),
      delivered: Math.min(delivered, said),
    }));
    if (chat.kind !== "self") steps.push({ kind: "receipts", chat: index, atMs, marks });
  }
  return steps;
}

/**
 * Everything that happens in the demo's chats, in order of time, none of it later than `nowMs`. The
 * same time and the same random numbers give the same steps.
 */
export function demoTimeline(
  chats: readonly DemoChat[],
  nowMs: number,
  random: Random,
): DemoStep[] {
  const steps = chats.flatMap((chat, index) => stepsOfChat(chat, index, nowMs, random));
  return steps
    .map((step) => ({ ...step, atMs: Math.min(step.atMs, nowMs) }))
    .toSorted((a, b) => a.atMs - b.atMs);
}
