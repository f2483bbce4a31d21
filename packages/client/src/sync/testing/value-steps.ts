import { textPayload } from "@parley/protocol/content.ts";
import { type ChatId, ClientId, newId } from "@parley/protocol/ids.ts";
import { readValue, type ValueKey, valueKey, writeValue } from "@parley/protocol/values.ts";
import fc from "fast-check";
import { clearSentDraft, reviseDraft } from "../drafts.ts";
import type { ModelDevice, ModelWindow } from "./model-device.ts";
import { POISONED_VALUE } from "./model-values.ts";
import type { ModelWorld } from "./model-world.ts";
import { isWrittenIn } from "./written-in.ts";

/** Steps about account values: flags of chats, blocks, drafts on several devices of an account. */

const KINDS = ["mute", "pin", "archive", "block"] as const;

export type ValueStep =
  | {
      do: "value";
      device: number;
      chat: number;
      kind: (typeof KINDS)[number];
      to: "on" | "off" | "poison";
    }
  | { do: "type"; device: number; chat: number; text: string; blur: boolean }
  | { do: "send-draft"; device: number; chat: number };

/** Arbitrary steps, each with its weight among the others of a program. */
export function valueSteps(
  device: fc.Arbitrary<number>,
  chat: fc.Arbitrary<number>,
): { weight: number; arbitrary: fc.Arbitrary<ValueStep> }[] {
  return [
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant("value" as const),
        device,
        chat,
        kind: fc.constantFrom(...KINDS),
        to: fc.constantFrom("on" as const, "on" as const, "off" as const, "poison" as const),
      }),
    },
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constant("type" as const),
        device,
        chat,
        text: fc.oneof(
          fc.string({ unit: fc.constantFrom("a", "b", " "), maxLength: 5 }),
          fc.constant(""),
        ),
        blur: fc.boolean(),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant("send-draft" as const), device, chat }),
    },
  ];
}

export function isValueStep(step: { do: string }): step is ValueStep {
  return step.do === "value" || step.do === "type" || step.do === "send-draft";
}

function windowOf(world: ModelWorld, device: ModelDevice): ModelWindow | undefined {
  return device.windows[Math.floor(world.random() * device.windows.length)];
}

/** Plays one step; resolves when the journal has it, or the window is dead. */
export async function runValueStep(world: ModelWorld, step: ValueStep): Promise<void> {
  const device = world.device(step.device);
  const window = windowOf(world, device);
  const chatId = world.chat(step.chat);
  if (window === undefined || chatId === undefined) return;
  const done =
    step.do === "value"
      ? setValue(world, window, step, chatId)
      : step.do === "type"
        ? type(world, device, window, step, chatId)
        : sendDraft(world, device, window, chatId);
  // What the journal did not take is not promised.
  await Promise.race([done.catch(() => undefined), world.turns(3)]);
}

async function setValue(
  world: ModelWorld,
  window: ModelWindow,
  { kind, to, chat }: Extract<ValueStep, { do: "value" }>,
  chatId: ChatId,
): Promise<void> {
  const other = world.accounts[chat % world.accounts.length];
  const key =
    kind === "block" && other !== undefined
      ? valueKey("block", other)
      : valueKey(kind === "block" ? "mute" : kind, chatId);
  const on =
    kind === "mute"
      ? writeValue("mute", { untilMs: null })
      : writeValue("pin", { atMs: world.clock.nowMs() });
  const value = to === "on" ? on : to === "off" ? null : POISONED_VALUE;
  await window.journal?.putWaiting({ key, value });
  window.engine?.nudgeValues();
}

async function type(
  world: ModelWorld,
  device: ModelDevice,
  window: ModelWindow,
  { text, blur }: Extract<ValueStep, { do: "type" }>,
  chatId: ChatId,
): Promise<void> {
  await window.journal?.changeDraft(chatId, (now, revisions) =>
    reviseDraft(chatId, now, revisions, { text, replyTo: null }, world.clock.nowMs()),
  );
  // Only what the journal took is promised.
  world.typed.push({ accountId: device.accountId, chatId, text });
  if (blur) window.engine?.sendDraftsNow();
  else window.engine?.nudgeValues();
}

async function sendDraft(
  world: ModelWorld,
  device: ModelDevice,
  window: ModelWindow,
  chatId: ChatId,
): Promise<void> {
  const draft = await window.journal?.draft(chatId);
  if (!draft || draft.text.trim() === "") return;
  const { text } = draft;
  const clientId = newId(ClientId);
  const payload = textPayload(text);
  const send = { chatId, clientId, alg: "none", type: "text", notify: true, payload };
  const createdAtMs = world.clock.nowMs();
  const sent = { accountId: device.accountId, chatId, text, clientId, isTaken: false };
  // Its window may die with the journal having taken it.
  world.sent.push(sent);
  await window.journal?.add(
    { clientId, chatId, send, state: "journaled", seq: null, error: null, createdAtMs },
    (now, revisions) => clearSentDraft(chatId, now, revisions, text, createdAtMs),
  );
  sent.isTaken = true;
  window.engine?.nudge();
}

type Said = { text: string; replyTo: ClientId | null };

function saidBy(value: string | null | undefined): Said {
  const { text, replyTo } = readValue("draft", value ?? null) ?? { text: "", replyTo: null };
  return { text, replyTo };
}

/** S1, S11, V32, V41: what devices and server differ in, and what was typed and is nowhere any more. */
export async function valueFaults(world: ModelWorld): Promise<string[]> {
  const faults: string[] = [];
  for (const [i, device] of world.devices.entries()) {
    faults.push(...(await deviceFaults(world, device, `device ${i}`)));
  }
  for (const { accountId, chatId, text } of world.typed) {
    if (text.trim() === "") continue;
    const kept = await keptTexts(world, accountId, chatId);
    if (!kept.some((whole) => isWrittenIn(whole, text))) {
      faults.push(`"${text}" was typed and is lost; there are ${JSON.stringify(kept)}`);
    }
  }
  return faults;
}

async function deviceFaults(
  world: ModelWorld,
  device: ModelDevice,
  name: string,
): Promise<string[]> {
  const { cache, journal } = device.writer ?? {};
  if (cache === undefined || journal === undefined) return [];
  const faults: string[] = [];
  const stored = world.server.values.get(device.accountId) ?? new Map<ValueKey, never>();
  const rows = await cache.read(async (reads) =>
    (await Promise.all([...KINDS, "draft" as const].map((kind) => reads.valuesOf(kind)))).flat(),
  );
  const held = new Map(rows.map((row) => [row.key, row]));
  for (const key of new Set([...stored.keys(), ...held.keys()])) {
    const [there, here] = [stored.get(key), held.get(key)];
    if (there?.value !== here?.value || there?.change !== here?.change) {
      faults.push(`${name}: ${key} is ${JSON.stringify(here)}, should be ${JSON.stringify(there)}`);
    }
  }
  const waiting = await journal.waitingPuts();
  if (waiting.length > 0) faults.push(`${name}: ${waiting.length} values wait`);
  for (const chatId of world.chats) {
    const draft = await journal.draft(chatId);
    const here = { text: draft?.text ?? "", replyTo: draft?.replyTo ?? null };
    const there = saidBy(stored.get(valueKey("draft", chatId))?.value);
    if (JSON.stringify(here) !== JSON.stringify(there)) {
      faults.push(`${name}: the draft is ${JSON.stringify(draft)}, should be "${there.text}"`);
    }
  }
  return faults;
}

async function keptTexts(world: ModelWorld, accountId: string, chatId: ChatId): Promise<string[]> {
  const known = new Set(world.server.chats.get(chatId)?.events.map((event) => event.clientId));
  for (const device of world.devices) {
    for (const entry of (await device.writer?.journal?.entries()) ?? []) known.add(entry.clientId);
  }
  const kept = world.sent
    .filter((one) => one.accountId === accountId && one.chatId === chatId)
    .filter((one) => one.isTaken || known.has(one.clientId))
    .map((one) => one.text);
  for (const device of world.devices) {
    const { journal } = device.writer ?? {};
    if (device.accountId !== accountId || journal === undefined) continue;
    kept.push((await journal.draft(chatId))?.text ?? "");
    kept.push(...(await journal.draftRevisions(chatId)).map((revision) => revision.text));
  }
  return kept;
}
