import { hash } from "node:crypto";
import type { AccountKey } from "@parley/protocol/ids.ts";
import { openChecked } from "../session/open-content.ts";
import type { NotificationPermission } from "../session/ports.ts";
import { type HostOptions, SessionHost } from "../session/session-host.ts";
import { FakeClock } from "./fake-clock.ts";
import { FakeServer } from "./fake-server.ts";
import { FakeWindow, TEST_BUILD } from "./fake-window.ts";
import { FakeHints, MemoryHostStore, MemoryLog } from "./memory-ports.ts";

/** A session host with fake ports around it, one server, and windows at will. */
export class FakeHost {
  readonly clock: FakeClock;
  readonly server: FakeServer;
  readonly hints = new FakeHints();
  readonly log = new MemoryLog();
  readonly store: MemoryHostStore;
  readonly decisions = new MemoryHostStore();
  permission: NotificationPermission = "granted";
  retiredCount = 0;
  host: SessionHost;
  readonly #overrides: Partial<HostOptions>;
  readonly #oneBuild: boolean;

  /** `oneBuild`: host and windows are always of the same build, as on the desktop. */
  constructor(overrides: Partial<HostOptions> = {}, oneBuild = false) {
    this.#oneBuild = oneBuild;
    this.clock = new FakeClock();
    this.server = new FakeServer(this.clock);
    this.store = new MemoryHostStore();
    this.#overrides = overrides;
    this.host = this.#make();
  }

  get accountKey(): AccountKey {
    return this.server.accountKey;
  }

  /** A new process on the same disk. */
  async restart(): Promise<void> {
    await this.host.stop();
    this.host = this.#make();
    await this.clock.advance(1);
  }

  /** A window that has said hello. */
  async openWindow(options: { writes?: boolean } = {}): Promise<FakeWindow> {
    const window = new FakeWindow();
    window.writes = options.writes ?? true;
    this.host.attach(window);
    const hello = window.hello();
    await this.clock.advance(1);
    await hello;
    return window;
  }

  /** Signs in by a window and waits until the account is live. */
  async signIn(window: FakeWindow): Promise<AccountKey> {
    const { server, clock } = this;
    const serverUrl = "https://chat.example.org";
    const signedIn = window.call("account:sign-in", {
      serverUrl,
      handle: "ada",
      password: "secret!!",
    });
    await clock.advance(200);
    const answer = await signedIn;
    if (!answer.ok) throw new Error(`the fake sign-in failed: ${answer.error.message}`);
    return server.accountKey;
  }

  #make(): SessionHost {
    return new SessionHost({
      build: TEST_BUILD,
      device: { name: "Test", platform: "other" },
      clock: this.clock,
      http: this.server.http,
      socket: this.server.wire,
      power: this.hints,
      network: this.hints,
      log: this.log,
      store: this.store,
      decisions: this.decisions,
      tokens: { kind: "cookie" },
      notificationPermission: () => this.permission,
      openContent: openChecked((bytes) => hash("sha256", bytes, "buffer")),
      texts: {
        someone: "Someone",
        newMessage: "New message",
        unread: (messages) => `${messages} unread`,
        unreadIn: (messages, chats) => `${messages} unread in ${chats}`,
      },
      ...(!this.#oneBuild && {
        retired: () => {
          this.retiredCount += 1;
        },
      }),
      ...this.#overrides,
    });
  }
}

/** A host with one window that writes and one account that is live. */
export async function liveHost(): Promise<{
  fake: FakeHost;
  window: FakeWindow;
  accountKey: AccountKey;
}> {
  const fake = new FakeHost();
  const window = await fake.openWindow();
  const accountKey = await fake.signIn(window);
  const state = fake.host.session(accountKey)?.state.name;
  if (state !== "live") throw new Error(`the fake account is ${state ?? "gone"}, not live`);
  return { fake, window, accountKey };
}
