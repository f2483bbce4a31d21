import type { ChatId } from "@parley/protocol/ids.ts";
import { expect, test } from "@playwright/test";

import { signUpInWindow } from "../../support/desktop-person.ts";
import {
  type NotifiedDesktop,
  onlinePage,
  startNotifiedDesktop,
} from "../../support/notified-desktop.ts";
import { chatRow, expectOnline } from "../../support/person.ts";
import { type ServerProcess, startServer } from "../../support/server-process.ts";
import { Talker } from "../../support/talkers.ts";
import { startTcpProxy, type TcpProxy } from "../../support/tcp-proxy.ts";

/*
 * S21, V27: nothing is notified twice, and nothing that was not read elsewhere is left out, whatever becomes
 * of the app, its connection and the server. Everything main ever asks the desktop to show is looked at.
 */

/** Ada at a desktop behind a network of her own, and on another device; Ben writes to her. */
class Once implements AsyncDisposable {
  readonly desktop: NotifiedDesktop;
  readonly proxy: TcpProxy;
  readonly ada: Talker;
  readonly ben: Talker;
  readonly #direct: ChatId;
  #server: ServerProcess;
  #asides = 0;

  private constructor(
    parts: { desktop: NotifiedDesktop; proxy: TcpProxy; server: ServerProcess },
    people: { ada: Talker; ben: Talker },
    direct: ChatId,
  ) {
    this.desktop = parts.desktop;
    this.proxy = parts.proxy;
    this.#server = parts.server;
    this.ada = people.ada;
    this.ben = people.ben;
    this.#direct = direct;
  }

  static async start(): Promise<Once> {
    const server = await startServer();
    const proxy = await startTcpProxy({ targetPort: server.port });
    const desktop = await startNotifiedDesktop();
    const page = await desktop.app.firstWindow();
    await signUpInWindow(page, proxy.url, "Ada Adeyemi", "ada");
    const ada = await Talker.signIn(server.url, "ada");
    const ben = await Talker.signUp(server.url, "Ben Okafor", "ben");
    const direct = await ben.createDirect(ada);
    await expect(chatRow(page, "Ben Okafor")).toBeVisible();
    return new Once({ desktop, proxy, server }, { ada, ben }, direct);
  }

  /** A message in a chat of its own; resolves once the server has it. */
  async say(title: string): Promise<ChatId> {
    const chatId = await this.ben.createGroup(title, [this.ada]);
    await this.ben.say(chatId, [`About ${title}`]);
    return chatId;
  }

  /** How often the desktop was asked to show something of a chat. */
  times(title: string): number {
    return this.desktop.asked().filter((one) => one.title.startsWith(title)).length;
  }

  /** Waits until all that was decided on before has been shown: what comes later is shown later. */
  async settled(): Promise<void> {
    this.#asides += 1;
    const text = `Aside ${this.#asides}`;
    await this.ben.say(this.#direct, [text]);
    await expect.poll(() => this.desktop.asked().map(({ body }) => body)).toContain(text);
  }

  async relaunch(): Promise<void> {
    await this.desktop.relaunch();
    await onlinePage(this.desktop.app);
  }

  /** Ends the server and starts it on the same data. */
  async restartServer(): Promise<void> {
    const { dataDir, port } = this.#server;
    await this.#server.kill("SIGKILL");
    this.#server = await startServer({ dataDir, port });
    await Promise.all([this.ada.reconnect(), this.ben.reconnect()]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.ada.close();
    this.ben.close();
    await this.desktop[Symbol.asyncDispose]();
    await this.proxy[Symbol.asyncDispose]();
    await this.#server[Symbol.asyncDispose]();
  }
}

test("S21: nothing is notified twice over crashes and restarts of the app, and nothing that was read elsewhere", async () => {
  await using once = await Once.start();
  const { desktop } = once;
  const { notifications } = desktop;
  await once.settled();

  // The desktop is slow to answer when the app dies: what it was asked to show it shows.
  notifications.hang();
  await once.say("Slow");
  await expect.poll(() => notifications.heldCount).toBeGreaterThan(0);
  await desktop.app.kill();
  notifications.resume();
  expect(once.times("Slow")).toBe(1);
  await once.relaunch();
  await once.settled();
  expect(once.times("Slow")).toBe(1);

  // The app dies as soon as the server has the message, wherever it is then.
  await once.say("Crash");
  await desktop.app.kill();
  const before = once.times("Crash");
  await once.relaunch();
  await once.settled();
  expect(once.times("Crash")).toBe(1);
  test.info().annotations.push({ type: "shown before the crash", description: String(before) });

  // It ended in good order, with and without something new meanwhile, and something read elsewhere.
  await desktop.app.quit();
  await once.say("Away");
  const readId = await once.say("Read elsewhere");
  await once.ada.ask("receipt:put", { marks: [{ chatId: readId, readSeq: 2 }] });
  await once.relaunch();
  await expect.poll(() => once.times("Away")).toBe(1);
  await desktop.app.quit();
  await once.relaunch();
  await once.settled();
  expect(once.times("Away")).toBe(1);
  expect(once.times("Read elsewhere")).toBe(0);
});

test("S21: nothing is notified twice over lost connections, a server that starts again, and several windows", async () => {
  await using once = await Once.start();
  const { desktop, proxy } = once;
  const { control } = desktop.app;
  const page = await desktop.app.firstWindow();
  await once.settled();

  await once.say("Before the loss");
  await expect.poll(() => once.times("Before the loss")).toBe(1);
  await proxy.cut();
  await expect(page.getByRole("status", { name: "Connection" })).not.toHaveText("");
  const readId = await once.say("Read elsewhere");
  await once.ada.ask("receipt:put", { marks: [{ chatId: readId, readSeq: 2 }] });
  await once.say("During the loss");
  await proxy.restore();
  await expectOnline(page);
  await once.settled();

  // Lost under way: the server has sent it, and nobody knows whether it arrived.
  await once.say("At the loss");
  proxy.reset();
  await expectOnline(page);
  await once.settled();

  await once.say("Before the restart");
  await once.restartServer();
  await once.say("After the restart");
  await expectOnline(page);
  await once.settled();

  const before = (await control.windows()).map(({ id }) => id);
  await control.clickMenu(["File", "New window"]);
  await expect.poll(async () => (await control.windows()).length).toBe(before.length + 1);
  const opened = (await control.windows()).find(({ id }) => !before.includes(id));
  await expectOnline(await desktop.app.pageOf(opened?.id ?? -1));
  await once.say("Two windows");
  await once.settled();

  const titles = [
    "Before the loss",
    "During the loss",
    "At the loss",
    "Before the restart",
    "After the restart",
    "Two windows",
  ];
  expect(titles.map((title) => [title, once.times(title)])).toEqual(
    titles.map((title) => [title, 1]),
  );
  expect(once.times("Read elsewhere")).toBe(0);

  // Read on another device, it leaves the screen of this one.
  const chatId = await once.say("Left on the screen");
  const onScreen = (): string[] => desktop.notifications.shown.map(({ summary }) => summary);
  await expect.poll(onScreen).toContain("Left on the screen");
  await once.ada.ask("receipt:put", { marks: [{ chatId, readSeq: 2 }] });
  await expect.poll(onScreen).not.toContain("Left on the screen");
});
