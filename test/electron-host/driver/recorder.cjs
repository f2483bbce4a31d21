/* oxlint-disable typescript/no-unsafe-assignment, typescript/no-unsafe-call, typescript/no-unsafe-member-access, typescript/no-unsafe-return, typescript/no-unsafe-argument -- plain JavaScript: the real runtime loads it as it is */
// Loaded by Electron before the app (-r): keeps what a test could not see from outside, and answers
// dialogs that nobody is there to click.
const { app, dialog, Notification, session, shell, Tray } = require("electron");

const seen = {
  notifications: [],
  trays: [],
  opened: [],
  dialogs: [],
  answers: [],
  badge: 0,
  permissionRequest: undefined,
  permissionCheck: undefined,
};
globalThis[Symbol.for("parley.seen")] = seen;

/** Puts `before` in front of a method. */
function watch(target, name, before) {
  const usual = target[name];
  target[name] = function (...args) {
    before.call(this, ...args);
    return usual.apply(this, args);
  };
}

watch(Notification.prototype, "show", function () {
  if (!seen.notifications.includes(this)) seen.notifications.push(this);
});
watch(Notification.prototype, "close", function () {
  seen.notifications = seen.notifications.filter((shown) => shown !== this);
});

function trayOf(tray) {
  const known = seen.trays.find((one) => one.tray === tray);
  if (known) return known;
  const made = { tray, toolTip: "", icon: "", menu: undefined };
  seen.trays.push(made);
  return made;
}
watch(Tray.prototype, "setContextMenu", function (menu) {
  trayOf(this).menu = menu;
});
watch(Tray.prototype, "setImage", function (image) {
  trayOf(this).icon = String(image).split(/[\\/]/).at(-1);
});
watch(Tray.prototype, "setToolTip", function (toolTip) {
  trayOf(this).toolTip = toolTip;
});
watch(app, "setBadgeCount", (count) => {
  seen.badge = count ?? 0;
});

shell.openExternal = async (url) => {
  seen.opened.push(url);
};
dialog.showMessageBox = async (first, second) => {
  const {
    title = "",
    message,
    detail = "",
    buttons = ["OK"],
    cancelId,
    defaultId,
  } = second ?? first;
  seen.dialogs.push({ kind: "message", title, message, detail, buttons });
  return { response: seen.answers.shift() ?? cancelId ?? defaultId ?? 0, checkboxChecked: false };
};
dialog.showErrorBox = (title, message) => {
  seen.dialogs.push({ kind: "error", title, message, detail: "", buttons: [] });
};

app.once("ready", () => {
  watch(session.defaultSession, "setPermissionRequestHandler", (handler) => {
    seen.permissionRequest = handler;
  });
  watch(session.defaultSession, "setPermissionCheckHandler", (handler) => {
    seen.permissionCheck = handler;
  });
});
