/** English: earlier drafts, unfinished edits, and the keys of a message. */
export const enDrafts = {
  "drafts.title": "Earlier drafts",
  "drafts.list": "Earlier drafts in {title}, newest first",
  "drafts.empty": "No earlier drafts",
  "drafts.emptyHint":
    "What you write over, delete or give up in this chat before it is sent is kept here.",
  "drafts.kept":
    "The last {count, plural, one {# text} other {# texts}} of this chat are kept, on this device. Older ones make way for newer ones.",
  "drafts.putBack": "Put back",
  "drafts.putBackFailed": "This text is kept no longer: newer ones have taken its place.",
  "drafts.readOnly": "Nothing can be written in this chat now. The texts can still be copied.",
  "drafts.why.replaced": "Written over or deleted",
  "drafts.why.overtaken": "Made way for a text from another device",
  "drafts.why.elsewhere": "From another device",
  "drafts.why.discarded": "A message that was given up",
  "drafts.why.edit": "An edit that was not saved",
  "drafts.why.draft": "Not sent",
  "drafts.editKept": "Your edit was not saved. See Earlier drafts in the chat menu.",

  "edit.gone": "The message you were editing was deleted",
  "edit.goneText": "Your text is kept. It can be sent as a new message, or copied.",
  "edit.changed": "This message was changed meanwhile",
  "edit.changedText": "Now: {text}",
  "edit.toDraft": "Use as draft",

  "message.notWithThis": "That can't be done with this message.",
  "shortcuts.reply": "Reply to the message",
  "shortcuts.edit": "Edit the message, if it is yours",
  "shortcuts.remove": "Delete the message, after asking",
  "key.delete": "Del",
  "key.backspace": "Backspace",
} as const;
