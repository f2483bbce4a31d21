/** What the app uses of Electron's powerMonitor. */
export type LockPort = {
  on(name: "lock-screen" | "unlock-screen", listener: () => void): unknown;
};

/**
 * S18: whether the screen is locked, where the system says so. Behind a lock a window may keep the focus,
 * but nobody sees it.
 */
export class ScreenLock {
  readonly #changed: () => void;
  #isLocked = false;

  constructor(monitor: LockPort, changed: () => void) {
    this.#changed = changed;
    monitor.on("lock-screen", () => this.#set(true));
    monitor.on("unlock-screen", () => this.#set(false));
  }

  get isLocked(): boolean {
    return this.#isLocked;
  }

  /** A window got the focus: the user is there, whether or not the end of the lock was told. */
  userIsThere(): void {
    this.#set(false);
  }

  #set(isLocked: boolean): void {
    if (this.#isLocked === isLocked) return;
    this.#isLocked = isLocked;
    this.#changed();
  }
}
