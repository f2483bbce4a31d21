import type { Browser } from "@playwright/test";
import type { ChatId, ClientId } from "@parley/protocol/ids.ts";
import { valueKey, writeValue } from "@parley/protocol/values.ts";

import { type ServerProcess, startServer } from "../server-process.ts";
import { Talker, TALKER_PASSWORD } from "../talkers.ts";
import { CountingDesktop, type CountingDevice, CountingTab } from "./counting-device.ts";
import type { Step } from "./counting-program.ts";
import { differences, type Numbers, type Shown, TITLE_WORD } from "./places.ts";

/** S9 "within": after a burst everything has to agree. */
export const AGREE_WITHIN_MS = 2_000;
const LOOK_EVERY_MS = 100;
/** So long it is watched, to tell what never agrees from what agrees late. */
const GIVE_UP_MS = 60_000;

type Chat = { title: string; chatId: ChatId; talker: Talker; unerased: ClientId[] };

/**
 * All places agree after so long, or what still differed. Counted is the time between the looks alone: a look
 * reads three devices and asks the server, which on a slow machine takes longer than what is measured; nor
 * is it of the app how late the machine wakes this process up after a pause.
 */
export type Agreement = { tookMs: number; counts: Numbers; differences: string[] };

/**
 * One account with two desktops and a browser tab on the real server, the people who write to it, and
 * one more device of hers that only puts values and hears what the server counts.
 */
export class CountingWorld implements AsyncDisposable {
  readonly devices: readonly CountingDevice[];
  readonly chats: readonly Chat[];
  readonly #server: ServerProcess;
  readonly #owner: Talker;

  private constructor(
    server: ServerProcess,
    owner: Talker,
    devices: readonly CountingDevice[],
    chats: readonly Chat[],
  ) {
    this.#server = server;
    this.#owner = owner;
    this.devices = devices;
    this.chats = chats;
  }

  static async start(browser: Browser): Promise<CountingWorld> {
    const server = await startServer();
    const owner = await Talker.signUp(server.url, "Ada Adeyemi", "ada");
    const ben = await Talker.signUp(server.url, `Ben ${TITLE_WORD}`, "ben");
    const cleo = await Talker.signUp(server.url, `Cleo ${TITLE_WORD}`, "cleo");
    const chats: Chat[] = [];
    for (const talker of [ben, cleo]) {
      const direct = await talker.createDirect(owner);
      chats.push({ title: talker.name, chatId: direct, talker, unerased: [] });
      const title = `${TITLE_WORD} of ${talker.name.split(" ")[0]}`;
      const group = await talker.createGroup(
        title,
        [owner, ben, cleo].filter((o) => o !== talker),
      );
      chats.push({ title, chatId: group, talker, unerased: [] });
    }
    const who = { handle: "ada", password: TALKER_PASSWORD };
    const devices: CountingDevice[] = [];
    for (const name of ["desk", "laptop"]) {
      devices.push(await CountingDesktop.start(name, server.port, who));
    }
    devices.push(await CountingTab.start("tab", browser, server.port, who));
    const world = new CountingWorld(server, owner, devices, chats);
    for (const device of devices) await device.lookAway();
    return world;
  }

  /** Does one thing; a step that cannot be done now is passed over. */
  async take(step: Step): Promise<void> {
    switch (step.act) {
      case "come-back":
        return this.#device(step.device).comeBack();
      case "leave":
        return this.#device(step.device).leave(step.how);
      case "look-away":
        return this.#device(step.device).lookAway();
      case "read":
        return this.#device(step.device).read(this.#chat(step.chat).title);
      case "say":
        return this.#say(step);
      case "erase":
        return this.#erase(this.#chat(step.chat));
      default:
        return this.#put(step);
    }
  }

  /** Waits until every device that is up shows everywhere what the server counts. */
  async agree(): Promise<Agreement> {
    const startMs = performance.now();
    for (let looks = 0; ; looks++) {
      const [counts, shown] = await Promise.all([this.#owner.counts(), this.#shown()]);
      const left = differences(counts, shown);
      const tookMs = looks * LOOK_EVERY_MS;
      const isOver = left.length === 0 || performance.now() - startMs > GIVE_UP_MS;
      if (isOver) return { tookMs, counts, differences: left };
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }

  /** Every device is ended, started again and connected. */
  async restartAll(): Promise<void> {
    for (const device of this.devices) await device.leave("killed");
    for (const device of this.devices) await device.comeBack();
  }

  /** Those who talk sign in anew: they have access tokens, which end, and nothing to renew them with. */
  async renewTalkers(): Promise<void> {
    for (const talker of this.#talkers) await talker.reconnect();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const talker of this.#talkers) talker.close();
    for (const device of this.devices) await device[Symbol.asyncDispose]();
    await this.#server[Symbol.asyncDispose]();
  }

  get #talkers(): Set<Talker> {
    return new Set([this.#owner, ...this.chats.map(({ talker }) => talker)]);
  }

  #chat(nth: number): Chat {
    const chat = this.chats[nth];
    if (!chat) throw new Error(`there is no chat ${nth}`);
    return chat;
  }

  #device(nth: number): CountingDevice {
    const device = this.devices[nth];
    if (!device) throw new Error(`there is no device ${nth}`);
    return device;
  }

  async #shown(): Promise<Map<string, Shown>> {
    const up = this.devices.filter(({ isUp }) => isUp);
    return new Map(
      await Promise.all(up.map(async (one) => [one.name, await one.shown()] as const)),
    );
  }

  async #say({ chat, messages, isMention }: Extract<Step, { act: "say" }>): Promise<void> {
    const { chatId, talker, unerased } = this.#chat(chat);
    const texts = Array.from({ length: messages }, (_, nth) => `Text ${unerased.length + nth}`);
    const mentions = isMention ? [this.#owner.accountId] : [];
    try {
      unerased.push(...(await talker.say(chatId, texts, mentions)));
    } catch (error) {
      // V33: refused while Ada has blocked its sender.
      if (!String(error).includes("blocked")) throw error;
    }
  }

  async #erase({ chatId, talker, unerased }: Chat): Promise<void> {
    const target = unerased.pop();
    if (target !== undefined) await talker.erase(chatId, target).catch(passBlocked);
  }

  async #put({
    act,
    chat,
    isOn,
  }: Extract<Step, { act: "mute" | "archive" | "block" }>): Promise<void> {
    const { chatId, talker } = this.#chat(chat);
    const atMs = Date.now();
    const key = act === "block" ? valueKey("block", talker.accountId) : valueKey(act, chatId);
    const value = act === "mute" ? writeValue("mute", { untilMs: null }) : JSON.stringify({ atMs });
    await this.#owner.ask("values:put", {
      puts: [{ key, value: isOn ? value : null, baseRev: 0 }],
    });
  }
}

function passBlocked(error: unknown): void {
  if (!String(error).includes("blocked")) throw error;
}
