import { channelOf, isCallName, isNoticeName } from "@parley/protocol/bridge/names.ts";
import { contextBridge, ipcRenderer, type IpcRendererEvent } from "electron";

/** What a page of the desktop finds at `window.parleyHost`: the names of the contract, and nothing else. */
export type PreloadHost = {
  /** Answers a Result of the contract, unparsed. */
  call(name: string, body: unknown): Promise<unknown>;
  /** Listens for a notice, unparsed. */
  on(name: string, listener: (body: unknown) => void): void;
};

const host: PreloadHost = {
  call: (name, body) =>
    isCallName(name)
      ? ipcRenderer.invoke(channelOf(name), body)
      : Promise.reject(new TypeError("There is no such call.")),
  on: (name, listener) => {
    if (!isNoticeName(name)) return;
    // Electron's event stays here: by it a page could reach ipcRenderer itself.
    ipcRenderer.on(channelOf(name), (_event: IpcRendererEvent, body: unknown) => listener(body));
  },
};

contextBridge.exposeInMainWorld("parleyHost", host);
