/* oxlint-disable typescript/no-unsafe-call, typescript/no-unsafe-argument, typescript/no-unsafe-return -- plain JavaScript: it runs as it is, without a build */
const { contextBridge, ipcRenderer } = require("electron");

const heard = [];
ipcRenderer.on("told", (_event, value) => heard.push(value));
contextBridge.exposeInMainWorld("small", {
  version: 1,
  nested: { list: [1, new Date(0)] },
  invoke: (channel, ...args) => ipcRenderer.invoke(channel, ...args),
  send: (channel, ...args) => ipcRenderer.send(channel, ...args),
  heard: () => heard,
  apply: (call, value) => call(value),
  fail: () => {
    throw new TypeError("this one fails");
  },
  onTold: (listener) => ipcRenderer.on("told", (_event, value) => listener(value)),
  argv: () => process.argv,
});
