import { HostEmitter } from "../host-emitter.ts";
import { registry } from "../registry.ts";
import { facade } from "../strict.ts";
import type { Protocol } from "./protocol.ts";
import { WebRequest } from "./web-request.ts";

type PermissionHandler = (
  contents: object | null,
  permission: string,
  decide: (granted: boolean) => void,
  details: object,
) => void;
type PermissionCheck = (
  contents: object | null,
  permission: string,
  origin: string,
  details: object,
) => boolean;
type VerifyProc = (request: object, decide: (result: number) => void) => void;

/** Some of those that Chromium has; the stand-in's browser checks nothing. */
const DICTIONARIES: readonly string[] = ["de", "en-GB", "en-US", "es", "fr", "pt-BR"];

/** The one session of the stand-in. */
export class Session extends HostEmitter {
  readonly webRequest = facade(new WebRequest(), "session.webRequest");
  readonly protocol: Protocol;
  #permissionHandler: PermissionHandler | null = null;
  #permissionCheck: PermissionCheck | null = null;
  #verify: VerifyProc | null = null;
  #spellCheckerEnabled = true;
  #spellCheckerLanguages: string[] = [];

  constructor(protocol: Protocol) {
    super("Session");
    this.protocol = protocol;
  }

  setPermissionRequestHandler(handler: PermissionHandler | null): void {
    this.#permissionHandler = handler;
  }

  setPermissionCheckHandler(handler: PermissionCheck | null): void {
    this.#permissionCheck = handler;
  }

  setDevicePermissionHandler(_handler: unknown): void {
    // Pages of the stand-in's browser reach no device at all.
  }

  setCertificateVerifyProc(verify: VerifyProc | null): void {
    this.#verify = verify;
  }

  setSpellCheckerEnabled(enabled: boolean): void {
    this.#spellCheckerEnabled = enabled;
    registry.spellcheck = enabled ? [...this.#spellCheckerLanguages] : null;
  }

  isSpellCheckerEnabled(): boolean {
    return this.#spellCheckerEnabled;
  }

  get availableSpellCheckerLanguages(): string[] {
    return [...DICTIONARIES];
  }

  setSpellCheckerLanguages(languages: string[]): void {
    for (const language of languages) {
      if (!DICTIONARIES.includes(language)) throw new Error(`Invalid language code: ${language}`);
    }
    this.#spellCheckerLanguages = [...languages];
    if (this.#spellCheckerEnabled) registry.spellcheck = [...languages];
  }

  getSpellCheckerLanguages(): string[] {
    return [...this.#spellCheckerLanguages];
  }

  addWordToSpellCheckerDictionary(word: string): boolean {
    registry.learntWords.push(word);
    return true;
  }

  async clearStorageData(): Promise<void> {
    throw new Error("the stand-in does not clear storage");
  }

  async closeAllConnections(): Promise<void> {
    // Pages of the app have no connections of their own.
  }

  flushStorageData(): void {
    // The browser writes what it has when it ends.
  }

  /** What the app would answer a page that asks for a permission: true without a handler. */
  static async askedFor(session: Session, contents: object, permission: string): Promise<boolean> {
    const handler = session.#permissionHandler;
    if (!handler) return true;
    return new Promise((resolve) => {
      handler(contents, permission, resolve, { requestingUrl: "", isMainFrame: true });
    });
  }

  /** What the app says when a page only looks whether it has a permission. */
  static checked(session: Session, contents: object, permission: string, origin: string): boolean {
    const details = { requestingUrl: origin, isMainFrame: true };
    return session.#permissionCheck?.(contents, permission, origin, details) ?? true;
  }

  static hasVerifyProc(session: Session): boolean {
    return session.#verify !== null;
  }
}
