import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { registry } from "../registry.ts";

/** What goes to the system's other programs: noted, never done. */
export class Shell {
  async openExternal(url: string, _options?: object): Promise<void> {
    registry.openedExternally.push(url);
  }

  async openPath(path: string): Promise<string> {
    registry.openedExternally.push(path);
    return "";
  }

  showItemInFolder(path: string): void {
    registry.openedExternally.push(path);
  }

  beep(): void {
    // Nobody is listening.
  }
}

/** Requests of main. Files are read, as Electron's net.fetch does; the rest is Node's fetch. */
export class Net {
  async fetch(input: string | Request, init?: RequestInit): Promise<Response> {
    const url = typeof input === "string" ? input : input.url;
    if (!url.startsWith("file:")) return fetch(input, init);
    try {
      return new Response(new Uint8Array(await readFile(fileURLToPath(url))));
    } catch (error) {
      throw new Error("net::ERR_FILE_NOT_FOUND", { cause: error });
    }
  }

  isOnline(): boolean {
    return registry.machine.online;
  }

  get online(): boolean {
    return registry.machine.online;
  }
}

/** The clipboard of the stand-in alone. */
export class Clipboard {
  async writeText(text: string): Promise<void> {
    registry.clipboard = text;
  }

  async readText(): Promise<string> {
    return registry.clipboard;
  }
}
