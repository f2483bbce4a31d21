/* oxlint-disable typescript/no-unsafe-assignment, typescript/no-unsafe-call, typescript/no-unsafe-argument, typescript/no-unsafe-return -- plain JavaScript: it runs as it is, without a build */
// An app that uses what the stand-in offers, to see that it behaves as Electron does.
const { join } = require("node:path");
const {
  app,
  BrowserWindow,
  ipcMain,
  Menu,
  Notification,
  protocol,
  safeStorage,
  shell,
} = require("electron");

protocol.registerSchemesAsPrivileged([
  { scheme: "small", privileges: { standard: true, secure: true } },
]);
if (!app.requestSingleInstanceLock({ from: "small" })) app.quit();

const page = `<!doctype html><title>Small</title><body><script src="page.js"></script>`;
const files = {
  "/": ["text/html", page],
  "/page.js": ["text/javascript", "window.ran = true;"],
};
const events = [];

ipcMain.handle("echo", (_event, value) => value);
ipcMain.handle("fail", () => {
  throw new TypeError("not like this");
});
ipcMain.handle("function", () => () => 1);
ipcMain.handle("where", ({ sender, senderFrame }) => ({
  senderId: sender.id,
  url: senderFrame.url,
  origin: senderFrame.origin,
  isTop: senderFrame === senderFrame.top,
}));
ipcMain.handle("events", () => events);
ipcMain.handle("unknown-api", () => app.thisIsNoApi());
ipcMain.handle("unknown-event", () => app.on("this-is-no-event", () => undefined));
ipcMain.handle("secret", (_event, text) => {
  const sealed = safeStorage.encryptString(text);
  return { sealed, opened: safeStorage.decryptString(sealed) };
});
ipcMain.handle("notify", (_event, title) => {
  const notification = new Notification({ title, body: "body" });
  notification.on("click", () => events.push(`clicked ${title}`));
  notification.show();
});
ipcMain.on("tell-me", (event, value) => event.sender.send("told", value));
app.on("second-instance", (_event, argv, _cwd, data) => {
  events.push(`second ${argv.at(-1)} ${data.from}`);
});

void app.whenReady().then(() => {
  protocol.handle("small", (request) => {
    const [type, body] = files[new URL(request.url).pathname] ?? [];
    if (!type) return new Response("", { status: 404 });
    const policy = "default-src 'none'; script-src 'self'";
    const headers = { "content-type": type, "content-security-policy": policy };
    return new Response(body, { headers });
  });
  const window = new BrowserWindow({
    width: 500,
    height: 400,
    webPreferences: {
      preload: join(__dirname, "preload.cjs"),
      additionalArguments: ["--extra"],
      contextIsolation: true,
      sandbox: true,
    },
  });
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      { label: "&App", submenu: [{ label: "Mark", click: () => events.push("menu Mark") }] },
    ]),
  );
  const { webContents } = window;
  webContents.on("will-navigate", (event, url) => {
    events.push(`navigate ${url}`);
    if (!url.startsWith("small:")) event.preventDefault();
  });
  webContents.setWindowOpenHandler(({ url }) => {
    void shell.openExternal(url);
    return { action: "deny" };
  });
  webContents.on("render-process-gone", (_event, { reason }) => {
    events.push(`gone ${reason}`);
    webContents.reload();
  });
  let isQuitting = false;
  app.on("before-quit", () => (isQuitting = true));
  window.on("close", (event) => {
    if (isQuitting) return;
    event.preventDefault();
    window.hide();
  });
  void window.loadURL("small://app/");
});
