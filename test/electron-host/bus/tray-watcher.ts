import type { MessageBus } from "dbus-native";

const NAME = "org.kde.StatusNotifierWatcher";
const PATH = "/StatusNotifierWatcher";

/** Whoever shows tray icons on a desktop. It shows none: that it is there is what an app looks at. */
export class TrayWatcher {
  readonly #bus: MessageBus;
  readonly registered: string[] = [];

  private constructor(bus: MessageBus) {
    this.#bus = bus;
  }

  static async start(bus: MessageBus): Promise<TrayWatcher> {
    const watcher = new TrayWatcher(bus);
    bus.exportInterface(
      {
        IsStatusNotifierHostRegistered: true,
        ProtocolVersion: 0,
        RegisteredStatusNotifierItems: watcher.registered,
        RegisterStatusNotifierItem: (service: string) => {
          watcher.registered.push(service);
          return null;
        },
        RegisterStatusNotifierHost: () => null,
      },
      PATH,
      {
        name: NAME,
        methods: {
          RegisterStatusNotifierItem: ["s", "", ["service"], []],
          RegisterStatusNotifierHost: ["s", "", ["service"], []],
        },
        properties: {
          IsStatusNotifierHostRegistered: "b",
          ProtocolVersion: "i",
          RegisteredStatusNotifierItems: "as",
        },
        signals: {},
      },
    );
    await bus.requestName(NAME, 0);
    return watcher;
  }

  async stop(): Promise<void> {
    await this.#bus.releaseName(NAME);
  }
}
