import { setTimeout as sleep } from "node:timers/promises";

import type { HostLink } from "@parley/client/sync/host-link.ts";
import type { Result } from "@parley/protocol/errors.ts";
import { type AccountId, ChatId, newId } from "@parley/protocol/ids.ts";
import type { RequestData } from "@parley/protocol/socket/requests.ts";

import { seeded } from "../support/seeded.ts";
import { type ServerProcess, startServer } from "../support/server-process.ts";
import { startTcpProxy } from "../support/tcp-proxy.ts";
import { checkDatabase } from "./database.ts";
import { ChaosDevice, WrongClock } from "./device.ts";
import { composeRelation } from "./relations.ts";
import { type ChatOf, reckon, rowOf, type Written } from "./reckoning.ts";
import { blow, type Road, type Weather, WEATHERS } from "./weather.ts";

const DAY_MS = 86_400_000;
/** Every fourth device is another one of the account before it. */
const SECOND_DEVICE_EVERY = 4;
const LOOK_EVERY_MS = 50;

/** Asks the server for a chat with these accounts; undefined where there is nobody to have one with. */
type AskForChat = (
  link: HostLink,
  chatId: ChatId,
  others: AccountId[],
) => Promise<Result<RequestData<"chat:create-group">> | undefined>;

/** A condition that never came true, with what was still wrong. */
export class NotSettled extends Error {}

/** Waits until `faults` is empty; throws with what it still holds. */
async function until(withinMs: number, faults: () => Promise<string[]>): Promise<void> {
  const endAtMs = performance.now() + withinMs;
  for (;;) {
    const left = await faults();
    if (left.length === 0) return;
    if (performance.now() > endAtMs) {
      throw new NotSettled(`not settled within ${withinMs} ms:\n${left.slice(0, 12).join("\n")}`);
    }
    await sleep(LOOK_EVERY_MS);
  }
}

/**
 * The real server as a process, and some devices that reach it through a bad network of their own
 * each. Clocks of devices are right, a day ahead, or a day behind, in turn.
 */
export class ChaosWorld implements AsyncDisposable {
  readonly devices: ChaosDevice[] = [];
  readonly roads: Road[] = [];
  readonly chats: ChatOf[] = [];
  readonly written: Written[] = [];
  readonly random: () => number;
  readonly blown = new Map<Weather, number>();
  kills = 0;
  relations = 0;
  /** What was wrong with the database right after a kill. */
  readonly faults: string[] = [];
  restarts = 0;
  #server: ServerProcess | undefined;
  readonly #seed: number;
  readonly #busy = new Set<Road>();
  readonly #spells = new Set<Promise<void>>();

  constructor(seed: number) {
    this.#seed = seed;
    this.random = seeded(seed);
  }

  get server(): ServerProcess {
    if (!this.#server) throw new Error("the server does not run");
    return this.#server;
  }

  /** Starts the server and signs everybody up. */
  async open(clients: number): Promise<void> {
    this.#server = await startServer();
    let handle = "";
    for (let i = 0; i < clients; i++) {
      const proxy = await startTcpProxy({ targetPort: this.server.port, seed: this.#seed + i });
      const clock = new WrongClock([0, DAY_MS, -DAY_MS][i % 3] ?? 0);
      const device = new ChaosDevice({ serverUrl: proxy.url, clock });
      this.devices.push(device);
      this.roads.push({ proxy, device });
      const isSecond = i % SECOND_DEVICE_EVERY === SECOND_DEVICE_EVERY - 1;
      if (!isSecond) handle = `person${i}`;
      await (isSecond ? device.signIn(handle) : device.signUp(handle));
    }
    await this.#live(30_000);
    await this.#makeChats();
  }

  /** One group of all, one of every other, and a direct chat of each two neighbours. */
  async #makeChats(): Promise<void> {
    const groups = [this.devices, this.devices.filter((_, i) => i % 2 === 0)];
    for (const [number, members] of groups.entries()) {
      await this.#make(members, (link, chatId, accountIds) =>
        link.request("chat:create-group", {
          chatId,
          title: `Group ${number}`,
          accountIds,
          history: "all",
        }),
      );
    }
    for (let i = 0; i + 1 < this.devices.length; i += 2) {
      await this.#make(this.devices.slice(i, i + 2), async (link, chatId, [accountId]) =>
        accountId === undefined
          ? undefined
          : link.request("chat:create-direct", { chatId, accountId }),
      );
    }
  }

  async #make(members: readonly ChaosDevice[], ask: AskForChat): Promise<void> {
    const [first] = members;
    if (first === undefined) return;
    const me = first.account.me.accountId;
    const accounts = new Set(members.map((device) => device.account.me.accountId));
    accounts.delete(me);
    const { engine } = first.running;
    const answer = await ask(engine.link, newId(ChatId), [...accounts]);
    if (answer === undefined) return;
    if (!answer.ok) throw new Error(`a chat could not be made: ${answer.error.message}`);
    const { chat, people } = answer.value;
    await engine.ingest([{ kind: "chat", change: 0, chat, people }]);
    accounts.add(me);
    const devices = this.devices.filter((device) => accounts.has(device.account.me.accountId));
    this.chats.push({ chatId: chat.chatId, members: devices });
  }

  /** A device that runs, and one of the chats that it knows. */
  async #place(): Promise<{ device: ChaosDevice; chatId: ChatId } | undefined> {
    const running = this.devices.filter((device) => device.isRunning);
    const device = this.#pick(running);
    const known: ChatOf[] = [];
    for (const chat of this.chats.filter(({ members }) => members.includes(device))) {
      if (await rowOf(device, chat.chatId)) known.push(chat);
    }
    return known.length === 0 ? undefined : { device, chatId: this.#pick(known).chatId };
  }

  /** Somebody edits, deletes or reacts, or takes a reaction back, as far as their device knows. */
  async relateOne(): Promise<void> {
    const place = await this.#place();
    const send = place && (await composeRelation(place.device, place.chatId, this.random));
    if (!send) return;
    await place.device.journal(send);
    this.relations += 1;
  }

  /** Somebody writes somewhere, whatever the network does. */
  async writeOne(): Promise<void> {
    const place = await this.#place();
    if (!place) return;
    const { device, chatId } = place;
    const clientId = await device.write(chatId, `message ${this.written.length}`);
    this.written.push({ clientId, chatId, device });
    if (this.random() < 0.1) await device.read(chatId);
  }

  /** A spell of weather on a road that has none just now. */
  blow(weather: Weather = this.#pick(WEATHERS), road: Road = this.#pick(this.roads)): void {
    if (this.#busy.has(road)) return;
    this.#busy.add(road);
    this.blown.set(weather, (this.blown.get(weather) ?? 0) + 1);
    const spell = blow(weather, road, this.random).finally(() => {
      this.#busy.delete(road);
      this.#spells.delete(spell);
    });
    this.#spells.add(spell);
  }

  /** S4: kill -9, and a new process on the same folder and port. */
  async killServer(): Promise<void> {
    const { dataDir, port } = this.server;
    this.kills += 1;
    await this.server.kill("SIGKILL");
    const { faults } = await checkDatabase(dataDir);
    this.faults.push(...faults.map((fault) => `after kill ${this.kills}: ${fault}`));
    this.#server = await startServer({ dataDir, port });
  }

  /** A device dies and starts again with what it kept. */
  async restartDevice(): Promise<void> {
    const device = this.#pick(this.devices);
    if (!device.isRunning) return;
    this.restarts += 1;
    await device.crash();
    await device.start();
  }

  /** The weather ends; waits until nothing is on its way any more, and answers what is wrong then. */
  async settle(withinMs: number): Promise<string[]> {
    await Promise.all(this.#spells);
    await this.#live(withinMs);
    await until(withinMs, () => this.#unsettled());
    return reckon(this.devices, this.chats, this.written);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const device of this.devices) await device.crash();
    for (const { proxy } of this.roads) await proxy.cut();
    await this.#server?.[Symbol.asyncDispose]();
  }

  #live(withinMs: number): Promise<void> {
    return until(withinMs, async () =>
      this.devices.flatMap((device, index) => {
        const { status } = device;
        const error = status?.error?.code ?? "";
        return device.isLive ? [] : [`device ${index} is ${status?.state} ${error}`];
      }),
    );
  }

  async #unsettled(): Promise<string[]> {
    const faults: string[] = [];
    for (const [index, device] of this.devices.entries()) {
      const entries = await device.running.journal.entries();
      const waiting = entries.filter(({ state }) => state === "journaled" || state === "sent");
      const [first] = waiting;
      if (first) faults.push(`device ${index}: ${waiting.length} wait (${first.error?.code})`);
    }
    for (const [number, { chatId, members }] of this.chats.entries()) {
      const rows = await Promise.all(members.map((device) => rowOf(device, chatId)));
      const head = Math.max(...rows.map((row) => row?.headSeq ?? 0));
      for (const [i, row] of rows.entries()) {
        if (row?.cursor !== head) faults.push(`chat ${number}: ${i} at ${row?.cursor} of ${head}`);
      }
    }
    return faults;
  }

  #pick<T>(list: readonly T[]): T {
    const picked = list[Math.floor(this.random() * list.length)];
    if (picked === undefined) throw new Error("nothing to pick from");
    return picked;
  }
}
