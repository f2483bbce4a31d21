/** What the main process itself says to the user: menus, dialogs, notifications. */
export const texts = {
  appName: "Parley",
  someone: "Parley",
  newMessage: "New message",
  notice: {
    open: "Open",
    markRead: "Mark as read",
    muteHour: "Mute for 1 hour",
    reply: "Reply",
    replyTo: (name: string): string => `Reply to ${name}`,
    testTitle: "Parley can notify you",
    testBody: "This is what a new message looks like.",
  },
  file: "File",
  edit: "Edit",
  view: "View",
  window: "Window",
  help: "Help",
  open: "Open Parley",
  hide: "Close window",
  quit: "Quit Parley",
  unread: (count: number): string =>
    count === 0 ? "Parley" : `Parley: ${count} unread ${count === 1 ? "message" : "messages"}`,
  waitingTitle: (count: number): string =>
    count === 1 ? "1 message has not been sent yet." : `${count} messages have not been sent yet.`,
  waitingDetail:
    "They are kept on this device and go out when Parley runs again with a connection.",
  waitAndStay: "Keep Parley running",
  quitAnyway: "Quit anyway",
  failedTitle: "Parley could not start.",
} as const;
