import { globalShortcut, type Session } from "electron";
import type { Log } from "@parley/client/connection/ports.ts";
import type { ShellSettings, ShellState } from "@parley/protocol/bridge/shell.ts";
import { setStartAtLogin, startsAtLogin } from "../login/login-item.ts";
import { spellcheckOf } from "./spellcheck.ts";

type Options = {
  platform: NodeJS.Platform;
  session: Session;
  log: Log;
  /** The global shortcut was pressed. */
  toggle: () => void;
  /** The system was found not to start the app at login any more: the user has changed it there. */
  loginGone: () => void;
  /** What it says of itself has changed. */
  changed: () => void;
};

/** Carries settings out in the system around the app. */
export class AppliedSettings {
  readonly #options: Options;
  #shortcut: ShellState["shortcut"] = "off";
  #startAtLogin: ShellState["startAtLogin"] = "off";
  /** One change after the other: the last one holds. */
  #atLogin: Promise<void> = Promise.resolve();

  constructor(options: Options) {
    this.#options = options;
  }

  get shortcut(): ShellState["shortcut"] {
    return this.#shortcut;
  }

  get startAtLogin(): ShellState["startAtLogin"] {
    return this.#startAtLogin;
  }

  /** Resolves once the system has taken, or refused, all changes so far. */
  settled(): Promise<void> {
    return this.#atLogin;
  }

  get spellcheckLanguages(): string[] {
    const { platform, session } = this.#options;
    return platform === "darwin" ? [] : session.availableSpellCheckerLanguages;
  }

  /** At the start. What the system keeps by itself is asked for. */
  start(settings: ShellSettings): void {
    this.#spelling(settings);
    this.#register(settings.globalShortcut);
    if (settings.startAtLogin) this.#atLogin = this.#atLogin.then(() => this.#findLogin());
  }

  change(now: ShellSettings, before: ShellSettings): void {
    if (now.spellcheck !== before.spellcheck) this.#spelling(now);
    if (now.globalShortcut !== before.globalShortcut) this.#register(now.globalShortcut);
    if (now.startAtLogin !== before.startAtLogin || this.#startAtLogin === "failed") {
      this.#atLogin = this.#atLogin.then(() => this.#setLogin(now.startAtLogin));
    }
  }

  async #findLogin(): Promise<void> {
    const { platform, loginGone } = this.#options;
    if (!(await startsAtLogin(platform))) return loginGone();
    // The program may have been moved since.
    await this.#setLogin(true);
  }

  async #setLogin(isWanted: boolean): Promise<void> {
    const { platform, log, changed } = this.#options;
    // What is off already needs nothing of the system.
    if (!isWanted && !(await startsAtLogin(platform))) this.#startAtLogin = "off";
    else {
      const isDone = await setStartAtLogin(isWanted, platform, log);
      this.#startAtLogin = !isDone ? "failed" : isWanted ? "set" : "off";
    }
    changed();
  }

  #spelling(settings: ShellSettings): void {
    const { session, platform } = this.#options;
    const available = session.availableSpellCheckerLanguages;
    const { isEnabled, languages } = spellcheckOf(settings, { available, platform });
    if (languages) session.setSpellCheckerLanguages(languages);
    session.setSpellCheckerEnabled(isEnabled);
  }

  #register(accelerator: string | null): void {
    const { toggle, log } = this.#options;
    globalShortcut.unregisterAll();
    this.#shortcut = "off";
    if (accelerator === null) return;
    try {
      this.#shortcut = globalShortcut.register(accelerator, toggle) ? "set" : "taken";
    } catch (error) {
      // A combination that the system does not know.
      this.#shortcut = "taken";
      log.warn("The shortcut could not be set.", { error: String(error) });
    }
  }
}
