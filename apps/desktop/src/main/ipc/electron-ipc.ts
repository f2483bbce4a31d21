import { ipcMain } from "electron";
import type { IpcPort } from "./ipc.ts";

/** IPC by Electron. Its event ends here: the rest knows only who sent. */
export const electronIpc: IpcPort = {
  handle: (channel, listener) =>
    ipcMain.handle(channel, (event, body: unknown) => {
      const frame = event.senderFrame;
      return listener(
        {
          contentsId: event.sender.id,
          isTopFrame: frame ? frame.parent === null : undefined,
          frameUrl: frame?.url,
        },
        body,
      );
    }),
};
