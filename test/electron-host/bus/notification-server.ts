import type { MessageBus } from "dbus-native";

const NAME = "org.freedesktop.Notifications";
const PATH = "/org/freedesktop/Notifications";

/** A notification as it arrived at the desktop. */
export type Arrived = {
  id: number;
  appName: string;
  appIcon: string;
  summary: string;
  body: string;
  /** Key and label of each. */
  actions: [key: string, label: string][];
  hints: Record<string, unknown>;
};

export type ServerOptions = {
  capabilities?: readonly string[];
  /** The D-Bus error with which it refuses to show anything. */
  refusal?: { name: string; message: string };
};

const ALL = [
  "actions",
  "body",
  "body-markup",
  "icon-static",
  "inline-reply",
  "sound",
  "persistence",
];

/** The desktop's side of notifications: keeps what is shown, and does what a user would. */
export class NotificationServer {
  readonly #bus: MessageBus;
  readonly #capabilities: readonly string[];
  readonly #refusal: ServerOptions["refusal"];
  #shown: Arrived[] = [];
  readonly #arrived: Arrived[] = [];
  #nextId = 1;
  #held: (() => void)[] | undefined;

  private constructor(bus: MessageBus, { capabilities, refusal }: ServerOptions) {
    this.#bus = bus;
    this.#capabilities = capabilities ?? ALL;
    this.#refusal = refusal;
  }

  /** Puts a server on a bus. */
  static async start(bus: MessageBus, options: ServerOptions = {}): Promise<NotificationServer> {
    const server = new NotificationServer(bus, options);
    bus.exportInterface(server.#methods(), PATH, {
      name: NAME,
      methods: {
        GetCapabilities: ["", "as", [], ["capabilities"]],
        GetServerInformation: ["", "ssss", [], ["name", "vendor", "version", "spec"]],
        Notify: ["susssasa{sv}i", "u", [], ["id"]],
        CloseNotification: ["u", "", ["id"], []],
      },
      signals: {},
    });
    await bus.requestName(NAME, 0);
    return server;
  }

  /** What is on the screen, oldest first. */
  get shown(): readonly Arrived[] {
    return this.#shown;
  }

  /** All that was ever asked to be shown, oldest first; what hangs is not here yet. */
  get arrived(): readonly Arrived[] {
    return this.#arrived;
  }

  /** How many calls of Notify arrived, replaced ones included. */
  get arrivedCount(): number {
    return this.#arrived.length;
  }

  /** How many calls wait for an answer while the server hangs. */
  get heldCount(): number {
    return this.#held?.length ?? 0;
  }

  /** Answers nothing any more, as a process that was stopped. */
  hang(): void {
    this.#held ??= [];
  }

  /** Answers all that came meanwhile, and what comes. */
  resume(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const answer of held) answer();
  }

  act(id: number, key: string): void {
    this.#signal("ActivationToken", "us", [id, `token-${id}`]);
    this.#signal("ActionInvoked", "us", [id, key]);
  }

  reply(id: number, text: string): void {
    this.#signal("NotificationReplied", "us", [id, text]);
  }

  /** @param reason 1: it left the screen by itself, 2: the user put it away */
  close(id: number, reason: 1 | 2): void {
    this.#remove(id, reason);
  }

  /** Leaves the bus: another may take the name. */
  async stop(): Promise<void> {
    await this.#bus.releaseName(NAME);
  }

  #methods(): object {
    return {
      GetCapabilities: () => this.#answer(() => this.#capabilities),
      GetServerInformation: () => this.#answer(() => ["test", "parley", "1", "1.2"]),
      Notify: (
        appName: string,
        replaces: number,
        appIcon: string,
        summary: string,
        body: string,
        actions: string[],
        hints: Record<string, unknown>,
      ) =>
        this.#answer(() => {
          const { name, message } = this.#refusal ?? {};
          if (name !== undefined) throw Object.assign(new Error(message), { dbusName: name });
          const id = replaces === 0 ? this.#nextId++ : replaces;
          const keys = actions.filter((_, index) => index % 2 === 0);
          const labelled = keys.map((key, index): [string, string] => {
            return [key, actions[index * 2 + 1] ?? ""];
          });
          const arrived = { id, appName, appIcon, summary, body, actions: labelled, hints };
          this.#arrived.push(arrived);
          this.#shown = [...this.#shown.filter((one) => one.id !== id), arrived];
          return id;
        }),
      CloseNotification: (id: number) =>
        this.#answer(() => {
          this.#remove(id, 3);
          return null;
        }),
    };
  }

  #answer<T>(make: () => T): T | Promise<T> {
    const held = this.#held;
    if (!held) return make();
    return new Promise((resolve) => held.push(() => resolve(make())));
  }

  #remove(id: number, reason: number): void {
    const before = this.#shown.length;
    this.#shown = this.#shown.filter((one) => one.id !== id);
    if (this.#shown.length < before) this.#signal("NotificationClosed", "uu", [id, reason]);
  }

  #signal(name: string, signature: string, args: unknown[]): void {
    this.#bus.sendSignal(PATH, NAME, name, signature, args);
  }
}
