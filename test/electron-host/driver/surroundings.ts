import type {
  Bus,
  DesktopControl,
  NotificationDeed,
  ShownNotification,
} from "../control/contract.ts";
import { type Arrived, NotificationServer } from "../bus/notification-server.ts";
import { startTestBus, type TestBus } from "../bus/session-bus.ts";
import { TrayWatcher } from "../bus/tray-watcher.ts";

/** The desktop around an app on Linux: its session bus, and who shows notifications and tray icons. */
export class Surroundings implements AsyncDisposable {
  readonly #bus: TestBus;
  readonly notifications: NotificationServer;
  #tray: TrayWatcher | undefined;

  private constructor(bus: TestBus, notifications: NotificationServer) {
    this.#bus = bus;
    this.notifications = notifications;
  }

  static async start(options: { hasTray: boolean }): Promise<Surroundings> {
    const bus = await startTestBus();
    const notifications = await NotificationServer.start(await bus.connect());
    const surroundings = new Surroundings(bus, notifications);
    if (options.hasTray) await surroundings.setTray(true);
    return surroundings;
  }

  get env(): Record<string, string> {
    return { DBUS_SESSION_BUS_ADDRESS: this.#bus.address };
  }

  /** Whoever shows tray icons comes, or goes. */
  async setTray(isThere: boolean): Promise<void> {
    if (isThere) this.#tray ??= await TrayWatcher.start(await this.#bus.connect());
    else {
      await this.#tray?.stop();
      this.#tray = undefined;
    }
  }

  /** A control that sees and touches notifications where they arrive. */
  control(inApp: DesktopControl): DesktopControl {
    const onBus: Bus = {
      notifications: async () => this.notifications.shown.map(asShown),
      clickNotification: async (title) => this.#act(title, "default"),
      doToNotification: async (title, deed) => this.#do(title, deed),
      setTrayHost: (isThere) => this.setTray(isThere),
    };
    return new Proxy(inApp, {
      get: (target, name): unknown =>
        Reflect.has(onBus, name) ? Reflect.get(onBus, name) : Reflect.get(target, name),
    });
  }

  #find(title: string): Arrived {
    const found = this.notifications.shown.findLast(({ summary }) => summary === title);
    if (!found) throw new Error(`no notification says "${title}"`);
    return found;
  }

  #act(title: string, key: string): void {
    this.notifications.act(this.#find(title).id, key);
  }

  #do(title: string, deed: NotificationDeed): void {
    const { id, actions } = this.#find(title);
    if (deed.kind === "reply") this.notifications.reply(id, deed.text);
    else if (deed.kind === "close") this.notifications.close(id, deed.byUser ? 2 : 1);
    else {
      const key = actions.find(([, label]) => label === deed.label)?.[0];
      if (key === undefined) throw new Error(`"${title}" has no button "${deed.label}"`);
      this.notifications.act(id, key);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#bus[Symbol.asyncDispose]();
  }
}

const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function asShown({ summary, body, actions, hints }: Arrived): ShownNotification {
  return {
    title: summary,
    body: body.replaceAll(/&(amp|lt|gt|quot|apos);/g, (_all, name: string) => ENTITIES[name]!),
    silent: hints["suppress-sound"] === true,
    buttons: actions.map(([, label]) => label),
  };
}
