import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { ChatId, newId } from "@parley/protocol/ids.ts";

import { Connection } from "../load/connection.ts";
import { MeasuredProcess } from "./measured-process.ts";
import { seedAccounts } from "./seed-accounts.ts";
import type { Figures } from "./stats.ts";
import { Subject } from "./subject.ts";
import type { Plan, Seat, World } from "./world.ts";

const SERVER = "../../../apps/server/src/main.ts";

/** The real server with a data folder of its own, which goes when it is disposed of. */
export class ParleySubject extends Subject {
  readonly #dataDir: string;
  /** What the folder took when only the accounts and chats of the plan were in it. */
  readonly #bytesAtStart: number;

  constructor(
    url: string,
    world: World,
    server: MeasuredProcess,
    folder: { dataDir: string; bytesAtStart: number },
  ) {
    super("parley", url, world, server);
    this.#dataDir = folder.dataDir;
    this.#bytesAtStart = folder.bytesAtStart;
  }

  /** Stops the server, then says what its folder takes for each of `messages` stored. */
  async diskFigures(messages: number): Promise<Figures> {
    await this.server.stop();
    const grownBytes = bytesOf(this.#dataDir) - this.#bytesAtStart;
    return { "messages stored": messages, "bytes per message": grownBytes / messages };
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await super[Symbol.asyncDispose]();
    rmSync(this.#dataDir, { recursive: true, force: true });
  }
}

function bytesOf(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

/** Starts the real server with the plan's accounts and chats in a fresh data folder. */
export async function startParley(plan: Plan): Promise<ParleySubject> {
  const dataDir = mkdtempSync(join(tmpdir(), "parley-bench-"));
  let server: MeasuredProcess | undefined;
  try {
    const seats = await seedAccounts(dataDir, plan.accounts);
    // A first run makes the chats; its clean end leaves a folder whose size can be taken.
    server = startServer(dataDir);
    const world = await createChats((await server.ready()).url, seats, plan);
    await server.stop();
    const bytesAtStart = bytesOf(dataDir);
    server = startServer(dataDir);
    const { url } = await server.ready();
    return new ParleySubject(url, world, server, { dataDir, bytesAtStart });
  } catch (error) {
    await server?.stop();
    rmSync(dataDir, { recursive: true, force: true });
    throw error;
  }
}

function startServer(dataDir: string): MeasuredProcess {
  return new MeasuredProcess(SERVER, ["--port=0", `--data-dir=${dataDir}`, "--log-level=warn"]);
}

/** Each chat is made by its first member, over the wire. */
async function createChats(url: string, seats: readonly Seat[], plan: Plan): Promise<World> {
  const chatIds = plan.chats.map(() => newId(ChatId));
  const byCreator = Map.groupBy(plan.chats.entries(), ([, chat]) => chat.members[0]);
  for (const [creator, chats] of byCreator) {
    const connection = await Connection.open(url, seatOf(seats, creator));
    for (const [index, chat] of chats) {
      const others = chat.members.slice(1).map((member) => seatOf(seats, member).accountId);
      const chatId = chatIds[index];
      if (chatId === undefined) throw new Error("a chat of the plan has no id");
      if (chat.kind === "group") {
        const title = `Group ${index}`;
        await connection.ask("chat:create-group", { chatId, title, accountIds: others });
      } else {
        for (const accountId of others) {
          await connection.ask("chat:create-direct", { chatId, accountId });
        }
      }
    }
    connection.close();
  }
  return {
    chatIds,
    seats: seats.map((seat, account) => ({
      ...seat,
      chatIds: chatIds.filter((_id, chat) => plan.chats[chat]?.members.includes(account)),
    })),
  };
}

function seatOf(seats: readonly Seat[], account: number | undefined): Seat {
  const seat = seats[account ?? -1];
  if (seat === undefined) throw new Error("the plan names an account that it does not count");
  return seat;
}
