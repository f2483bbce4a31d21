/** What the page of a browser's shell says to the user by itself: in notifications. */
export const texts = {
  testTitle: "Parley can notify you",
  testBody: "This is what a new message looks like.",
  markRead: "Mark as read",
  muteHour: "Mute for 1 hour",
  reply: "Reply",
  replyHint: "Write a reply",
};
