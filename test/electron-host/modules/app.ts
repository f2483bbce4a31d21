import { readFileSync } from "node:fs";
import { join } from "node:path";

import { HostEmitter, makeEvent } from "../host-emitter.ts";
import { registry } from "../registry.ts";
import { facade } from "../strict.ts";
import { AppPaths } from "./app-paths.ts";
import { CommandLine } from "./command-line.ts";
import { type SecondInstance, SingleInstance } from "./single-instance.ts";

type LoginItem = { openAtLogin?: boolean; openAsHidden?: boolean };
type Manifest = { name: string; productName?: string; version: string };

/** The app as a whole: its life, its folders, and what it tells the system about itself. */
export class App extends HostEmitter {
  readonly commandLine: CommandLine;
  /** As on Linux: there is no dock. */
  readonly dock = undefined;
  isPackaged: boolean;
  name: string;
  accessibilitySupportEnabled = false;
  userAgentFallback = "";
  readonly #version: string;
  readonly #appPath: string;
  readonly #paths: AppPaths;
  readonly #ready = Promise.withResolvers<void>();
  readonly #end: (exitCode: number) => void;
  #isReady = false;
  #quitting = false;
  #ended = false;
  #lock: SingleInstance | undefined;

  constructor(appPath: string, argv: readonly string[], end: (exitCode: number) => void) {
    super("App");
    const text = readFileSync(join(appPath, "package.json"), "utf8");
    const manifest = JSON.parse(text) as Manifest;
    this.name = manifest.productName ?? manifest.name;
    this.#version = manifest.version;
    this.#appPath = appPath;
    const commandLine = new CommandLine(argv);
    this.commandLine = facade(commandLine, "app.commandLine");
    const dataDir = commandLine.getSwitchValue("user-data-dir");
    this.#paths = new AppPaths(this.name, dataDir === "" ? undefined : dataDir);
    this.isPackaged = process.env["STAND_IN_PACKAGED"] === "1";
    this.#end = end;
  }

  static becomeReady(app: App): void {
    app.emit("will-finish-launching");
    app.#isReady = true;
    app.emit("ready", makeEvent({}), {});
    app.#ready.resolve();
  }

  static async windowsLeft(app: App): Promise<void> {
    if (app.#quitting) return app.#finish(0);
    if (app.listenerCount("window-all-closed") === 0) return app.quit();
    app.emit("window-all-closed");
  }

  isReady(): boolean {
    return this.#isReady;
  }

  whenReady(): Promise<void> {
    return this.#ready.promise;
  }

  quit(): void {
    const event = makeEvent({});
    this.emit("before-quit", event);
    if (event.defaultPrevented) return;
    this.#quitting = true;
    if (registry.windows.length === 0) return this.#finish(0);
    for (const window of registry.windows) {
      window.close();
      // A window that stays calls the quitting off.
      if (!window.isDestroyed()) this.#quitting = false;
    }
  }

  exit(exitCode = 0): void {
    this.#quitting = true;
    for (const window of registry.windows) window.destroy();
    this.#leave(exitCode);
  }

  relaunch(_options?: object): void {
    registry.relaunched = true;
  }

  focus(_options?: object): void {
    // The window that is shown last has the focus.
  }

  getName(): string {
    return this.name;
  }

  setName(name: string): void {
    this.name = name;
  }

  getVersion(): string {
    return this.#version;
  }

  getAppPath(): string {
    return this.#appPath;
  }

  getPath(name: string): string {
    return this.#paths.get(name);
  }

  setPath(name: string, path: string): void {
    this.#paths.set(name, path);
  }

  setAppLogsPath(path: string): void {
    this.#paths.set("logs", path);
  }

  getLocale(): string {
    return "en-US";
  }

  getSystemLocale(): string {
    return "en-US";
  }

  getPreferredSystemLanguages(): string[] {
    return ["en-US"];
  }

  requestSingleInstanceLock(additionalData?: object): boolean {
    this.#lock ??= new SingleInstance(this.getPath("userData"));
    const own = { argv: process.argv, cwd: process.cwd(), additionalData: additionalData ?? null };
    return this.#lock.request(own, (instance: SecondInstance) => {
      const { argv, cwd, additionalData: data } = instance;
      this.emit("second-instance", makeEvent({}), argv, cwd, data);
    });
  }

  hasSingleInstanceLock(): boolean {
    return this.#lock?.isHeld ?? false;
  }

  releaseSingleInstanceLock(): void {
    this.#lock?.release();
  }

  get badgeCount(): number {
    return registry.badge;
  }

  set badgeCount(count: number) {
    registry.badge = count;
  }

  setBadgeCount(count = 0): boolean {
    registry.badge = count;
    return true;
  }

  getBadgeCount(): number {
    return registry.badge;
  }

  setLoginItemSettings(settings: LoginItem): void {
    Object.assign(registry.loginItem, settings);
  }

  getLoginItemSettings(): typeof registry.loginItem {
    return { ...registry.loginItem };
  }

  setAsDefaultProtocolClient(protocol: string): boolean {
    registry.protocolClients.add(protocol);
    return true;
  }

  removeAsDefaultProtocolClient(protocol: string): boolean {
    return registry.protocolClients.delete(protocol);
  }

  isDefaultProtocolClient(protocol: string): boolean {
    return registry.protocolClients.has(protocol);
  }

  setAppUserModelId(_id: string): void {
    // Only Windows has it.
  }

  setDesktopName(_name: string): void {
    // Only the system's menus show it.
  }

  setAboutPanelOptions(_options: object): void {
    // The panel is the system's.
  }

  showAboutPanel(): void {
    // As above.
  }

  enableSandbox(): void {
    this.commandLine.appendSwitch("enable-sandbox");
  }

  disableHardwareAcceleration(): void {
    this.commandLine.appendSwitch("disable-gpu");
  }

  isAccessibilitySupportEnabled(): boolean {
    return this.accessibilitySupportEnabled;
  }

  #finish(exitCode: number): void {
    const event = makeEvent({});
    this.emit("will-quit", event);
    if (event.defaultPrevented) this.#quitting = false;
    else this.#leave(exitCode);
  }

  #leave(exitCode: number): void {
    if (this.#ended) return;
    this.#ended = true;
    this.emit("quit", makeEvent({}), exitCode);
    this.#lock?.release();
    this.#end(exitCode);
  }
}
