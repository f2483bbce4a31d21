import { HostEmitter } from "../host-emitter.ts";
import { changeState, stateOf } from "./window-state.ts";

/** What of a window is only kept, for a test to look at: nothing of it changes where the window is. */
export class WindowLooks extends HostEmitter {
  constructor() {
    super("BrowserWindow");
  }

  setMinimumSize(width: number, height: number): void {
    changeState(this, { minimumSize: [width, height] });
  }

  getMinimumSize(): number[] {
    return stateOf(this).minimumSize;
  }

  setTitle(title: string): void {
    changeState(this, { title });
  }

  getTitle(): string {
    return stateOf(this).title;
  }

  setAlwaysOnTop(alwaysOnTop: boolean): void {
    changeState(this, { alwaysOnTop });
  }

  isAlwaysOnTop(): boolean {
    return stateOf(this).alwaysOnTop;
  }

  setMenuBarVisibility(menuBarVisible: boolean): void {
    changeState(this, { menuBarVisible });
  }

  setAutoHideMenuBar(hide: boolean): void {
    changeState(this, { menuBarVisible: !hide });
  }

  setMenu(_menu: object | null): void {
    changeState(this, { menuBarVisible: false });
  }

  removeMenu(): void {
    this.setMenu(null);
  }

  setSkipTaskbar(skipTaskbar: boolean): void {
    changeState(this, { skipTaskbar });
  }

  flashFrame(flashing: boolean): void {
    changeState(this, { flashing });
  }

  setOverlayIcon(_icon: object | null, overlayDescription: string): void {
    changeState(this, { overlayDescription });
  }

  setBackgroundColor(backgroundColor: string): void {
    changeState(this, { backgroundColor });
  }

  setIcon(_icon: unknown): void {
    // Nothing shows the icon of a window here.
  }

  moveTop(): void {
    // Windows of the stand-in do not cover each other.
  }
}
