import { textPayload } from "@parley/protocol/content.ts";
import { REL } from "@parley/protocol/event.ts";
import { AccountId, type ChatId, ClientId, newId, ServerId } from "@parley/protocol/ids.ts";
import { FakeClock } from "../../testing/fake-clock.ts";
import type { NewEntry } from "../model.ts";
import { SOUND_DISK } from "./failing-disk.ts";
import { openMemoryCache, MemoryCacheData } from "./memory-cache-store.ts";
import { openMemoryJournal, MemoryJournalData } from "./memory-journal-store.ts";
import { ModelDevice, NO_FAULTS, type Stores } from "./model-device.ts";
import { ModelServer, POISON } from "./model-server.ts";

/** A small, seeded source of chance (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b_79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export type DeviceData = { drop(): Promise<void> | void; stores: Stores };

export function memoryData(): DeviceData {
  const cache = new MemoryCacheData();
  const journal = new MemoryJournalData();
  return {
    drop: () => cache.drop(),
    stores: {
      openCache: async () => openMemoryCache(cache),
      openJournal: () => openMemoryJournal(journal),
    },
  };
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A message that a person wrote, for the reckoning at the end. */
export type Written = {
  clientId: ClientId;
  chatId: ChatId;
  device: number;
  order: number;
  rel?: NewEntry["send"]["rel"];
};

/** A text of a composer. */
export type Text = { accountId: AccountId; chatId: ChatId; text: string };

/** A text that was sent; `isTaken` when its window lived to hear that the journal has it. */
export type SentText = Text & { clientId: ClientId; isTaken: boolean };

/** One server, some accounts, some devices each, and everything that people do with them. */
export class ModelWorld {
  readonly clock = new FakeClock();
  readonly server = new ModelServer();
  readonly accounts: AccountId[] = [];
  readonly devices: ModelDevice[] = [];
  readonly data: DeviceData[] = [];
  readonly chats: ChatId[] = [];
  readonly written: Written[] = [];
  /** What people typed into composers, and what of it they sent from there. */
  readonly typed: Text[] = [];
  readonly sent: SentText[] = [];
  readonly random: () => number;
  #order = 0;

  constructor(seed: number, accounts: number, devicesEach: number, makeData = memoryData) {
    this.random = seeded(seed);
    const serverId = newId(ServerId);
    for (let i = 0; i < accounts; i++) {
      const accountId = newId(AccountId);
      this.accounts.push(accountId);
      this.server.addPerson({ accountId, handle: `person${i}`, name: `Person ${i}` });
      for (let j = 0; j < devicesEach; j++) {
        const data = makeData();
        const { server, clock, random } = this;
        this.data.push(data);
        this.devices.push(
          new ModelDevice({ server, clock, accountId, serverId, stores: data.stores, random }),
        );
      }
    }
  }

  device(i: number): ModelDevice {
    const device = this.devices[i % this.devices.length];
    if (device === undefined) throw new Error("A world has at least one device.");
    return device;
  }

  chat(i: number): ChatId | undefined {
    return this.chats[i % Math.max(1, this.chats.length)];
  }

  async start(): Promise<void> {
    for (const device of this.devices) {
      await device.openWindow();
      device.connect();
    }
    await this.turns(2);
  }

  /** Lets everything run that waits for nothing but promises and the databases. */
  async turns(count: number): Promise<void> {
    for (let i = 0; i < count; i++) await turn();
  }

  /** A person writes in a chat, in any window of a device. False if no window is open. */
  async write(
    deviceIndex: number,
    chatId: ChatId,
    options: { poison?: boolean; rel?: NewEntry["send"]["rel"]; mentions?: AccountId[] } = {},
  ): Promise<void> {
    const device = this.device(deviceIndex);
    const window = device.windows[Math.floor(this.random() * device.windows.length)];
    if (window?.journal === undefined) return;
    const clientId = newId(ClientId);
    const text = options.poison ? POISON : `message ${this.written.length}`;
    const { rel, mentions } = options;
    const isBare = rel?.kind === REL.reaction || rel?.kind === REL.redact;
    const send = {
      chatId,
      clientId,
      alg: "none",
      type: isBare ? rel.kind : "text",
      ...(rel && { rel }),
      ...(mentions && { mentions }),
      notify: rel === undefined || rel.kind === REL.reply,
      payload: isBare ? "" : textPayload(text),
    };
    const entry: NewEntry = {
      clientId,
      chatId,
      send,
      state: "journaled",
      seq: null,
      error: null,
      createdAtMs: this.clock.nowMs(),
    };
    this.#order += 1;
    const order = this.#order;
    const stored = window.journal.add(entry).then(
      () => {
        // Only what the journal took is promised.
        const index = this.devices.indexOf(device);
        this.written.push({ clientId, chatId, device: index, order, ...(rel && { rel }) });
        window.engine?.nudge();
      },
      () => undefined,
    );
    await Promise.race([stored, this.turns(3)]);
  }

  /** Ends all trouble and waits until nothing moves any more. */
  async settle(rounds = 12): Promise<void> {
    this.server.busy = () => false;
    for (const device of this.devices) {
      device.faults = NO_FAULTS;
      device.disk = SOUND_DISK;
      for (const window of device.windows) window.stepsLeft = Infinity;
      if (device.windows.length === 0) await device.openWindow();
    }
    await this.turns(4);
    for (const device of this.devices) device.connect();
    for (let i = 0; i < rounds; i++) {
      await this.turns(6);
      for (const device of this.devices) {
        device.heal();
        // Late frames come after the heal that already said what they say.
        await this.turns(2);
        device.releaseDelayed();
      }
      await this.clock.advance(31_000);
      await this.turns(6);
    }
  }
}
