import { HostEmitter } from "../host-emitter.ts";

type ZoomMode = "default" | "isolated" | "manual" | "disabled";

/** What of page contents is only kept: nothing of it shows in the pages of the stand-in. */
export class ContentsSettings extends HostEmitter {
  zoomFactor = 1;
  #zoomLevel = 0;
  #zoomMode: ZoomMode = "default";
  #muted = false;

  constructor() {
    super("WebContents");
  }

  setZoomLevel(level: number): void {
    this.#zoomLevel = level;
  }

  getZoomLevel(): number {
    return this.#zoomLevel;
  }

  setZoomFactor(factor: number): void {
    this.zoomFactor = factor;
  }

  getZoomFactor(): number {
    return this.zoomFactor;
  }

  setZoomMode(mode: ZoomMode): void {
    this.#zoomMode = mode;
  }

  getZoomMode(): ZoomMode {
    return this.#zoomMode;
  }

  async setVisualZoomLevelLimits(_minimum: number, _maximum: number): Promise<void> {
    // The stand-in's pages cannot be pinched.
  }

  setAudioMuted(muted: boolean): void {
    this.#muted = muted;
  }

  isAudioMuted(): boolean {
    return this.#muted;
  }

  openDevTools(): void {
    throw new Error("the stand-in has no developer tools");
  }

  isDevToolsOpened(): boolean {
    return false;
  }
}
