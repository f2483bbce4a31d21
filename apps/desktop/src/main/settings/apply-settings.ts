import { globalShortcut, type Session } from "electron";
import type { Log } from "@parley/client/connection/ports.ts";
import type { ShellSettings, ShellState } from "@parley/protocol/bridge/shell.ts";
import { setStartAtLogin } from "../login/login-item.ts";
import { spellcheckOf } from "./spellcheck.ts";

type Options = {
  platform: NodeJS.Platform;
  session: Session;
  log: Log;
  /** The global shortcut was pressed. */
  toggle: () => void;
};

/** Carries settings out in the system around the app. */
export class AppliedSettings {
  readonly #options: Options;
  #shortcut: ShellState["shortcut"] = "off";

  constructor(options: Options) {
    this.#options = options;
  }

  get shortcut(): ShellState["shortcut"] {
    return this.#shortcut;
  }

  get spellcheckLanguages(): string[] {
    const { platform, session } = this.#options;
    return platform === "darwin" ? [] : session.availableSpellCheckerLanguages;
  }

  /** At the start: what the system keeps by itself, it has kept. */
  start(settings: ShellSettings): void {
    this.#spelling(settings);
    this.#register(settings.globalShortcut);
  }

  change(now: ShellSettings, before: ShellSettings): void {
    const { platform, log } = this.#options;
    if (now.spellcheck !== before.spellcheck) this.#spelling(now);
    if (now.globalShortcut !== before.globalShortcut) this.#register(now.globalShortcut);
    if (now.startAtLogin !== before.startAtLogin) {
      void setStartAtLogin(now.startAtLogin, platform, log);
    }
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
