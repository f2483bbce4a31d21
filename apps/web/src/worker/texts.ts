function unread(count: number): string {
  return `${count} unread ${count === 1 ? "message" : "messages"}`;
}

/** What the session host of a browser itself says to the user: in notifications. */
export const texts = {
  someone: "Parley",
  newMessage: "New message",
  unread,
  unreadIn: (count: number, chats: number): string =>
    `${unread(count)} in ${chats} ${chats === 1 ? "chat" : "chats"}`,
};
