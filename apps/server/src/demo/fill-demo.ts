import { randomBytes } from "node:crypto";
import type { Result } from "@parley/protocol/errors.ts";
import {
  AccountId,
  ChatId,
  ClientId,
  DeviceId,
  newId,
  type UuidSource,
} from "@parley/protocol/ids.ts";
import { foldHandle } from "@parley/protocol/text.ts";
import type { SignUpCommand } from "../features/accounts/accounts.commands.ts";
import type { PasswordHasher } from "../features/accounts/password.ts";
import type { Actor } from "../stream/append-event.ts";
import type { CreateDirect, CreateGroup } from "../features/chats/create-chat.commands.ts";
import type { SendMessages } from "../features/messages/send.commands.ts";
import type { MarkSeen } from "../features/presence/presence.commands.ts";
import type { PutReceipts } from "../features/receipts/receipts.commands.ts";
import { type Storage, transactOne } from "../storage/port.ts";
import { DEMO_CHATS } from "./demo-chats.ts";
import type { DemoChat, DemoPerson } from "./demo-types.ts";
import { DEMO_PEOPLE, DEMO_SIGN_INS } from "./people.ts";
import { type Random, seededRandom } from "./random.ts";
import { type DemoMark, type DemoStep, demoTimeline } from "./timeline.ts";

const SEED = 1_407;
const DAY_MS = 86_400_000;
/** The accounts are made this long ago, before the first word. */
const FOUNDED_DAYS_AGO = 41;

export type DemoDeps = {
  storage: Storage;
  hasher: PasswordHasher;
  /** Sets the clock by which `storage` commits. */
  setClock(nowMs: number): void;
  nowMs: number;
  /** Whether others can reach the server: then the passwords are random. */
  reachable: boolean;
};

export type DemoSignIn = { handle: string; password: string };

type Account = Actor & { selfChatId: ChatId };
type Chat = {
  chatId: ChatId;
  /** Seq of each message so far. */
  seqs: number[];
};

function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`The demo could not be made: ${result.error.message}`);
  return result.value;
}

function found<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`The demo names an unknown ${what}.`);
  return value;
}

/** The payload of a text (S2a), with a salt that is the same each time. */
function payloadOf(text: string, random: Random): string {
  const salt = Buffer.from(random.bytes(16)).toString("base64url");
  return JSON.stringify({ type: "text", salt, text });
}

/** Makes the demo's accounts and conversations through the same commands as real use. */
class DemoWriter {
  readonly #deps: DemoDeps;
  readonly #random = seededRandom(SEED);
  readonly #ids: UuidSource;
  readonly #accounts = new Map<string, Account>();
  readonly #chats = new Map<number, Chat>();
  readonly #seenAt = new Map<string, number>();
  #clockMs = 0;

  constructor(deps: DemoDeps) {
    this.#deps = deps;
    this.#ids = { nowMs: () => this.#clockMs, randomBytes: (count) => this.#random.bytes(count) };
  }

  setClock(nowMs: number): void {
    this.#clockMs = nowMs;
    this.#deps.setClock(nowMs);
  }

  async addPerson(person: DemoPerson, password: string): Promise<void> {
    const { storage, hasher } = this.#deps;
    const { handle, name, device } = person;
    const command: SignUpCommand = {
      kind: "account.sign-up",
      accountId: newId(AccountId, this.#ids),
      deviceId: newId(DeviceId, this.#ids),
      handle,
      handleKey: foldHandle(handle),
      name,
      passwordHash: found(await hasher.hash(password), "password"),
      device,
      inviteHash: null,
      policy: "open",
      fromLoopback: true,
    };
    const { selfChatId } = valueOf(await transactOne(storage, command));
    const { accountId, deviceId } = command;
    this.#accounts.set(handle, { accountId, deviceId, selfChatId });
  }

  async take(step: DemoStep, chat: DemoChat): Promise<void> {
    this.setClock(step.atMs);
    switch (step.kind) {
      case "create":
        return this.#create(step.chat, chat);
      case "say":
        return this.#say(step, chat);
      case "receipts":
        return this.#mark(step.chat, step.marks);
    }
  }

  #account(handle: string): Account {
    return found(this.#accounts.get(handle), `person ${handle}`);
  }

  async #create(index: number, chat: DemoChat): Promise<void> {
    const [first = "", ...others] = chat.members;
    const { accountId, deviceId } = this.#account(first);
    const by = { accountId, deviceId };
    const accountIds = others.map((handle) => this.#account(handle).accountId);
    const chatId = newId(ChatId, this.#ids);
    const command: CreateDirect | CreateGroup =
      chat.kind === "group"
        ? {
            kind: "chat.create-group",
            chatId,
            title: found(chat.title, "title"),
            accountIds,
            history: "joined",
            by,
          }
        : {
            kind: "chat.create-direct",
            chatId,
            accountId: found(accountIds[0], "member"),
            by,
          };
    const created = valueOf(await transactOne(this.#deps.storage, command));
    this.#chats.set(index, { chatId: created.chatId, seqs: [] });
  }

  #chat(index: number, chat: DemoChat): Chat {
    const known = this.#chats.get(index);
    if (known) return known;
    const own: Chat = { chatId: this.#account(chat.members[0] ?? "").selfChatId, seqs: [] };
    this.#chats.set(index, own);
    return own;
  }

  async #say(step: DemoStep & { kind: "say" }, demoChat: DemoChat): Promise<void> {
    const chat = this.#chat(step.chat, demoChat);
    const { accountId, deviceId } = this.#account(step.handle);
    const mentions = step.mentions.map((handle) => this.#account(handle).accountId);
    const command: SendMessages = {
      kind: "message.send",
      chatId: chat.chatId,
      by: { accountId, deviceId },
      items: [
        {
          chatId: chat.chatId,
          clientId: newId(ClientId, this.#ids),
          alg: "none",
          type: "text",
          notify: true,
          payload: payloadOf(step.text, this.#random),
          ...(mentions.length > 0 && { mentions }),
        },
      ],
    };
    const [outcome] = valueOf(await transactOne(this.#deps.storage, command));
    if (!outcome || !("event" in outcome)) {
      throw new Error(`The demo could not be made: ${outcome?.error.message ?? "no answer"}`);
    }
    chat.seqs.push(outcome.event.seq);
    this.#seenAt.set(step.handle, step.atMs);
  }

  /** S10: everybody was last there when they last said or read something. */
  async markSeen(): Promise<void> {
    const commands = [...this.#seenAt].map(([handle, at]): MarkSeen => {
      const { accountId, deviceId } = this.#account(handle);
      return { kind: "presence.mark-seen", accountId, deviceId, at };
    });
    for (const result of await this.#deps.storage.transact(commands)) valueOf(result);
  }

  /** Receipts of all members after a scene, in one commit. */
  async #mark(index: number, marks: readonly DemoMark[]): Promise<void> {
    const { chatId, seqs } = found(this.#chats.get(index), "chat");
    const commands = marks.map(({ handle, delivered, read }): PutReceipts => ({
      kind: "receipt.put",
      accountId: this.#account(handle).accountId,
      marks: [
        {
          chatId,
          ...(delivered > 0 && { deliveredSeq: seqs[delivered - 1] }),
          ...(read > 0 && { readSeq: seqs[read - 1] }),
        },
      ],
    }));
    for (const result of await this.#deps.storage.transact(commands)) valueOf(result);
    for (const { handle, read } of marks) {
      if (read === seqs.length) this.#seenAt.set(handle, this.#clockMs);
    }
  }
}

function passwordFor(handle: string, reachable: boolean): string {
  const known = DEMO_SIGN_INS.find((signIn) => signIn.handle === handle);
  return known && !reachable ? known.password : randomBytes(12).toString("base64url");
}

/**
 * Fills an empty server with a lifelike team: its people, chats and some hundred messages over the
 * weeks before now. The same time gives the same conversations. Answers the two sign-ins to tell.
 */
export async function fillDemo(deps: DemoDeps): Promise<DemoSignIn[]> {
  const writer = new DemoWriter(deps);
  const signIns: DemoSignIn[] = [];
  const isTold = (handle: string) => DEMO_SIGN_INS.some((signIn) => signIn.handle === handle);
  writer.setClock(deps.nowMs - FOUNDED_DAYS_AGO * DAY_MS);
  for (const person of DEMO_PEOPLE) {
    const password = passwordFor(person.handle, deps.reachable);
    await writer.addPerson(person, password);
    if (isTold(person.handle)) signIns.push({ handle: person.handle, password });
  }
  for (const step of demoTimeline(DEMO_CHATS, deps.nowMs, seededRandom(SEED))) {
    await writer.take(step, found(DEMO_CHATS[step.chat], "chat"));
  }
  await writer.markSeen();
  return signIns;
}
