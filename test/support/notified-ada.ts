import { AlertDecision, type AlertSettings } from "@parley/protocol/bridge/alerts.ts";
import { ServerInfo } from "@parley/protocol/http/accounts.ts";
import { accountKeyOf, type AccountKey, type ChatId, type ClientId } from "@parley/protocol/ids.ts";
import { valueKey, type ValueKind, type ValueOf, writeValue } from "@parley/protocol/values.ts";
import { expect, type Page } from "@playwright/test";
import { z } from "zod";

import {
  type Arrived,
  NotificationServer,
  type ServerOptions,
} from "../electron-host/bus/notification-server.ts";
import { startTestBus, type TestBus } from "../electron-host/bus/session-bus.ts";
import { type Desktop, startDesktop } from "../electron-host/driver/desktop.ts";
import { call } from "./desktop-calls.ts";
import { signUpInWindow, windowIdOf } from "./desktop-person.ts";
import { expectOnline } from "./person.ts";
import { startServer } from "./server-process.ts";
import { Talker } from "./talkers.ts";

export const GRACE = "Grace Lindqvist";
export const ADA = "Ada Adeyemi";
const Decisions = z.object({ decisions: z.array(AlertDecision) });

/** Ada at a desktop whose window is hidden, `phone` another device of hers, and Grace without an app. */
export type AdaAndGrace = AsyncDisposable & {
  desktop: Desktop;
  page: Page;
  phone: Talker;
  grace: Talker;
  accountKey: AccountKey;
  /** Of their direct chat. */
  chatId: ChatId;
};

/** Starts a server, Ada's desktop with this environment, and makes both accounts. */
export async function startAdaAndGrace(env: Record<string, string>): Promise<AdaAndGrace> {
  await using stack = new AsyncDisposableStack();
  const server = stack.use(await startServer());
  const desktop = stack.use(await startDesktop({ env }));
  const page = await desktop.firstWindow();
  await signUpInWindow(page, server.url, ADA, "ada");
  const phone = await Talker.signIn(server.url, "ada");
  stack.defer(() => phone.close());
  const grace = await Talker.signUp(server.url, GRACE, "grace");
  stack.defer(() => grace.close());
  const info = ServerInfo.parse(await (await fetch(`${server.url}/api/server`)).json());
  const accountKey = accountKeyOf(info.serverId, phone.accountId);
  const chatId = await grace.createDirect(phone);
  await desktop.control.actOnWindow(await windowIdOf(desktop), "hide");
  const kept = stack.move();
  const dispose = () => kept.disposeAsync();
  return { desktop, page, phone, grace, accountKey, chatId, [Symbol.asyncDispose]: dispose };
}

/** The same on a session bus of the test's own, with whoever shows notifications there. */
export class NotifiedAda implements AsyncDisposable {
  readonly phone: Talker;
  readonly grace: Talker;
  readonly accountKey: AccountKey;
  readonly chatId: ChatId;
  readonly notifications: NotificationServer;
  readonly #bus: TestBus;
  readonly #first: AdaAndGrace;
  desktop: Desktop;
  page: Page;

  private constructor(bus: TestBus, notifications: NotificationServer, first: AdaAndGrace) {
    this.phone = first.phone;
    this.grace = first.grace;
    this.accountKey = first.accountKey;
    this.chatId = first.chatId;
    this.notifications = notifications;
    this.#bus = bus;
    this.#first = first;
    this.desktop = first.desktop;
    this.page = first.page;
  }

  /** @param options what the desktop's side of notifications is like */
  static async start(options: ServerOptions = {}): Promise<NotifiedAda> {
    const bus = await startTestBus();
    const notifications = await NotificationServer.start(await bus.connect(), options);
    const first = await startAdaAndGrace({ DBUS_SESSION_BUS_ADDRESS: bus.address });
    return new NotifiedAda(bus, notifications, first);
  }

  async hide(): Promise<void> {
    await this.desktop.control.actOnWindow(await windowIdOf(this.desktop), "hide");
  }

  /** Grace says something in their chat, or in another one; `isForAda` names her. */
  async hears(text: string, chatId = this.chatId, isForAda = false): Promise<ClientId> {
    const mentions = isForAda ? [this.phone.accountId] : [];
    const [clientId] = await this.grace.say(chatId, [text], mentions);
    if (clientId === undefined) throw new Error("nothing was sent");
    return clientId;
  }

  /** The same, and waits until it is on the screen. */
  async isNotified(text: string, chatId = this.chatId): Promise<Arrived> {
    await this.hears(text, chatId);
    const found = (): Arrived | undefined =>
      this.notifications.shown.findLast(({ body }) => body.endsWith(text));
    await expect.poll(found, { message: text }).toBeDefined();
    return found()!;
  }

  /** What is on the screen: titles and texts, oldest first. On a slow machine a title tells a number too. */
  get screen(): string[] {
    return this.notifications.shown.map(
      ({ summary, body }) => `${summary.replace(/ · \d+ unread messages$/, "")}: ${body}`,
    );
  }

  async configure(change: Partial<AlertSettings>): Promise<void> {
    expect(await call(this.page, "alerts:configure", change)).toMatchObject({ ok: true });
  }

  /** Waits until this device has decided on a message; answers why. */
  async reasonFor(clientId: ClientId, chatId = this.chatId): Promise<AlertDecision["reason"]> {
    const { accountKey } = this;
    const find = async (): Promise<AlertDecision | undefined> => {
      const answer = await call(this.page, "alerts:decisions", { accountKey, chatId });
      const { decisions } = Decisions.parse(answer.value);
      return decisions.find((one) => one.clientId === clientId);
    };
    await expect.poll(find).toBeDefined();
    return (await find())!.reason;
  }

  /** Another program that shows notifications comes: what is on its screen. */
  async daemonComes(): Promise<() => string[]> {
    const daemon = await NotificationServer.start(await this.#bus.connect());
    return () => daemon.shown.map(({ body }) => body);
  }

  /** Ada's other device sets a value of a chat or an account; null takes it away. */
  async set<Kind extends ValueKind>(
    kind: Kind,
    id: Parameters<typeof valueKey<Kind>>[1],
    value: ValueOf<Kind> | null,
  ): Promise<void> {
    const text = value === null ? null : writeValue(kind, value);
    const puts = [{ key: valueKey(kind, id), value: text, baseRev: 0 }];
    const { outcomes } = await this.phone.ask("values:put", { puts });
    expect(outcomes).toMatchObject([{ written: { value: text } }]);
  }

  /** Starts the app again on the same data and desktop; it must have ended. Its window is hidden. */
  async relaunch(): Promise<void> {
    this.desktop = await this.desktop.relaunch();
    this.page = await this.desktop.firstWindow();
    await expectOnline(this.page);
    await this.hide();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // The first run made the folders: it removes them when the others are gone.
    if (this.desktop !== this.#first.desktop) await this.desktop[Symbol.asyncDispose]();
    await this.#first[Symbol.asyncDispose]();
    await this.#bus[Symbol.asyncDispose]();
  }
}
