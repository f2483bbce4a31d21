import { seeded } from "../seeded.ts";
import type { Leaving } from "./counting-device.ts";

/** What happens to an account's unread numbers, one after the other, without waiting in between. */
export type Step =
  | { act: "say"; chat: number; messages: number; isMention: boolean }
  /** Deletes for everyone the newest message of a chat that is not deleted yet. */
  | { act: "erase"; chat: number }
  | { act: "read"; device: number; chat: number }
  | { act: "look-away"; device: number }
  | { act: "mute" | "archive" | "block"; chat: number; isOn: boolean }
  | { act: "leave"; device: number; how: Leaving }
  | { act: "come-back"; device: number };

export type ProgramSize = { chats: number; devices: number; bursts: number };

/** How often what happens, against each other. */
const WEIGHTS: [Step["act"], number][] = [
  ["say", 10],
  ["erase", 4],
  ["read", 6],
  ["look-away", 4],
  ["mute", 1],
  ["archive", 1],
  ["block", 1],
];
const LEAVING: Leaving[] = ["no network", "asleep", "killed"];

/**
 * A program of bursts, the same for the same seed. In the midst of every second one a device leaves, which
 * is back at the end of the next one, or of the last.
 */
export function countingProgram(seed: number, { chats, devices, bursts }: ProgramSize): Step[][] {
  const random = seeded(seed);
  const upTo = (below: number): number => Math.floor(random() * below);
  const away = new Set<number>();

  function act(): Step["act"] {
    const sum = WEIGHTS.reduce((total, [, weight]) => total + weight, 0);
    let left = random() * sum;
    for (const [name, weight] of WEIGHTS) {
      left -= weight;
      if (left < 0) return name;
    }
    return "say";
  }

  function step(): Step {
    const name = act();
    const chat = upTo(chats);
    const device = upTo(devices);
    const say: Step = { act: "say", chat, messages: 1 + upTo(3), isMention: random() < 0.25 };
    switch (name) {
      case "erase":
        return { act: name, chat };
      case "read":
        return away.has(device) ? say : { act: name, device, chat };
      case "look-away":
        return away.has(device) ? say : { act: name, device };
      case "mute":
      case "archive":
      case "block":
        return { act: name, chat, isOn: random() < 0.6 };
      default:
        return say;
    }
  }

  function leave(): Step {
    const device = upTo(devices);
    away.add(device);
    return { act: "leave", device, how: LEAVING[upTo(LEAVING.length)] ?? "no network" };
  }

  return Array.from({ length: bursts }, (_, nth) => {
    const before = Array.from({ length: 2 + upTo(4) }, step);
    const isLeft = nth % 2 === 0 && nth < bursts - 1;
    const steps = [...before, ...(isLeft ? [leave()] : []), step(), ...(upTo(2) ? [step()] : [])];
    if (isLeft) return steps;
    const back = [...away].map((device): Step => ({ act: "come-back", device }));
    away.clear();
    return [...steps, ...back];
  });
}
