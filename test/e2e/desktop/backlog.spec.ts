import type { ChatId } from "@parley/protocol/ids.ts";
import { valueKey, writeValue } from "@parley/protocol/values.ts";
import { expect, type Page, test } from "@playwright/test";

import { signUpInWindow } from "../../support/desktop-person.ts";
import {
  type NotifiedDesktop,
  onlinePage,
  startNotifiedDesktop,
} from "../../support/notified-desktop.ts";
import { chatList } from "../../support/person.ts";
import { startServer } from "../../support/server-process.ts";
import { Talker } from "../../support/talkers.ts";
import { startTcpProxy } from "../../support/tcp-proxy.ts";

const CHATS = 20;
const MESSAGES = 300;
/** Muted, one of them with a mention. */
const MUTED = [3, 4, 5];
/** Chats in which somebody names Ada. */
const MENTIONING = [4, 11];

type Chat = { chatId: ChatId; title: string };

/** How many of the messages come to each chat: different numbers, which make the order of V52 certain. */
function shareOf(chat: number): number {
  const even = MESSAGES / CHATS;
  return even - CHATS / 2 + chat + (chat < CHATS / 2 ? 0 : 1);
}

/** The desktop of Ada, who is in twenty groups with Ben; `ada` speaks for another device of hers. */
class Away implements AsyncDisposable {
  readonly desktop: NotifiedDesktop;
  readonly ada: Talker;
  readonly ben: Talker;
  readonly chats: readonly Chat[];
  page: Page;

  private constructor(
    desktop: NotifiedDesktop,
    page: Page,
    people: { ada: Talker; ben: Talker },
    chats: readonly Chat[],
  ) {
    this.desktop = desktop;
    this.page = page;
    this.ada = people.ada;
    this.ben = people.ben;
    this.chats = chats;
  }

  /** @param serverUrl where the desktop finds the server; others go to `directUrl` */
  static async start(serverUrl: string, directUrl = serverUrl): Promise<Away> {
    const desktop = await startNotifiedDesktop();
    const page = await desktop.app.firstWindow();
    await signUpInWindow(page, serverUrl, "Ada Adeyemi", "ada");
    const ada = await Talker.signIn(directUrl, "ada");
    const ben = await Talker.signUp(directUrl, "Ben Okafor", "ben");
    const chats: Chat[] = [];
    for (let nth = 0; nth < CHATS; nth++) {
      const title = `Group ${String(nth).padStart(2, "0")}`;
      chats.push({ title, chatId: await ben.createGroup(title, [ada]) });
    }
    const away = new Away(desktop, page, { ada, ben }, chats);
    await away.#mute();
    return away;
  }

  /** Everything that is unread comes in. */
  async fill(): Promise<void> {
    for (const [nth, { chatId, title }] of this.chats.entries()) {
      const texts = Array.from({ length: shareOf(nth) }, (_, text) => `${title}, text ${text}`);
      const mentions = MENTIONING.includes(nth) ? [this.ada.accountId] : [];
      await this.ben.say(chatId, texts, mentions);
    }
  }

  /**
   * V52: five notifications: chats that mention Ada first, then those with most unread messages, and one
   * for what is left. Nothing of it comes once more when another message arrives.
   */
  async expectDigest(): Promise<void> {
    const heard = this.chats.flatMap((chat, nth) =>
      MUTED.includes(nth) ? [] : [{ ...chat, nth, unread: shareOf(nth) }],
    );
    const byWeight = heard.toSorted(
      (a, b) =>
        Number(MENTIONING.includes(b.nth)) - Number(MENTIONING.includes(a.nth)) ||
        b.unread - a.unread,
    );
    const alone = byWeight.slice(0, 4).map(({ title, unread }) => ({
      title: `${title} · ${unread} unread messages`,
      body: `Ben Okafor: ${title}, text ${unread - 1}`,
    }));
    const rest = byWeight.slice(4);
    const messages = rest.reduce((sum, { unread }) => sum + unread, 0);
    const summed = {
      title: "Parley",
      body: `${messages} unread messages in ${rest.length} chats`,
    };
    await expect.poll(() => this.desktop.asked()).toHaveLength(5);
    expect(this.desktop.asked()).toEqual([...alone, summed]);
    await expect.poll(() => this.page.title()).toBe(`(${MESSAGES}) Parley`);

    // What was decided on before is shown before.
    const last = this.chats.at(-1);
    await this.ben.say(last!.chatId, ["One more"]);
    const now = { title: last!.title, body: "Ben Okafor: One more" };
    await expect.poll(() => this.desktop.asked().at(-1)).toEqual(now);
    expect(this.desktop.asked()).toEqual([...alone, summed, now]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.ada.close();
    this.ben.close();
    await this.desktop[Symbol.asyncDispose]();
  }

  async #mute(): Promise<void> {
    const puts = MUTED.flatMap((nth) => {
      const chat = this.chats[nth];
      if (!chat) return [];
      const value = writeValue("mute", { untilMs: null });
      return [{ key: valueKey("mute", chat.chatId), value, baseRev: 0 }];
    });
    await this.ada.ask("values:put", { puts });
    // All that was said before is known where the last of it is.
    const search = chatList(this.page).getByRole("searchbox");
    await search.fill(this.chats[MUTED.at(-1)!]!.title);
    await expect(chatList(this.page).getByRole("option", { name: /muted/i })).toHaveCount(1);
    await search.fill("");
  }
}

test("V52: 300 messages in 20 chats while the app was not running: five notifications, none of a muted chat", async () => {
  await using server = await startServer();
  await using away = await Away.start(server.url);
  await away.desktop.app.quit();
  await away.fill();
  await away.desktop.relaunch();
  away.page = await onlinePage(away.desktop.app);
  await away.expectDigest();
});

test("V52: 300 messages in 20 chats while the computer slept and its connection died: five notifications", async () => {
  await using server = await startServer();
  await using proxy = await startTcpProxy({ targetPort: server.port });
  await using away = await Away.start(proxy.url, server.url);
  const { app } = away.desktop;
  test.skip(app.kind !== "stand-in", "a process that sleeps is made by the stand-in");
  await app.control.power("suspend");
  process.kill(app.pid, "SIGSTOP");
  proxy.halfOpen();
  await away.fill();
  process.kill(app.pid, "SIGCONT");
  await app.control.power("resume");
  await away.expectDigest();
});

test("V52: 300 messages in 20 chats that lay in a connection which outlived the sleep: five notifications", async () => {
  await using server = await startServer();
  await using away = await Away.start(server.url);
  const { app } = away.desktop;
  test.skip(app.kind !== "stand-in", "a process that sleeps is made by the stand-in");
  await app.control.power("suspend");
  process.kill(app.pid, "SIGSTOP");
  await away.fill();
  process.kill(app.pid, "SIGCONT");
  await app.control.power("resume");
  await away.expectDigest();
});
