/** English of the sections about accounts, chats, privacy, storage and languages. */
export const enSettingsPlaces = {
  "settings.accounts": "Accounts",
  "settings.accountsLead":
    "In use in this app, all at the same time. Each has its own chats, messages and notifications.",
  "settings.accountsHere": "In this app",
  "settings.accountOf": "@{handle} · {server}",
  "settings.accountLive": "Connected",
  "settings.accountShown": "Shown now",
  "settings.accountSwitch": "Switch",
  "settings.accountSwitchTo": "Switch to {name} on {server}",
  "settings.accountSignOut": "Sign out…",
  "settings.accountSignOutOf": "Sign out {name} on {server}",
  "settings.signOutTitleOf": "Sign out {name}?",
  "settings.addAccount": "Add an account",
  "settings.addAccountHint": "On this server or on another one.",
  "settings.addAccountElsewhere": "This window is for one chat. Open the settings of the main one.",
  "settings.addAccountDo": "Sign in…",

  "settings.chats": "Chats",
  "settings.chatsLead": "How you write, in every chat and window. Kept on this device.",
  "settings.enterSends": "Enter sends",
  "settings.enterSendsHint": "If not, Enter makes a new line, and with Ctrl or Cmd it sends.",
  "settings.enterSendsOn": "Shift Enter makes a new line.",
  "settings.enterSendsOff": "Enter makes a new line, {mainEnter} sends.",
  "settings.asksAfterMove": "Ask before sending to a chat that came up by itself",
  "settings.asksAfterMoveHint":
    "When the focus has just moved to another chat without you, sending asks first.",

  "settings.privacy": "Privacy",
  "settings.privacyLead": "Who can reach you, and what others can see on your screen.",
  "settings.blocked": "Blocked people",
  "settings.blockedHint":
    "They can't write to you or see when you are online. Groups that you share stay. The same on all your devices.",
  "settings.blockedNone": "Nobody",
  "settings.unblockWho": "Unblock {name}",
  "settings.shownToOthers": "What notifications show",
  "settings.shownToOthersChange": "Change",

  "settings.storage": "Storage",
  "settings.storageLead":
    "What this device keeps, so that you can read and write without a connection.",
  "settings.kept": "Kept on this device",
  "settings.keptCount": "{what} in {where}",
  "settings.keptEvents":
    "{count, plural, one {# message or change} other {# messages and changes}}",
  "settings.keptChats": "{count, plural, one {# chat} other {# chats}}",
  "settings.unsent": "Not sent yet",
  "settings.unsentHint": "Messages that wait to be sent, and drafts. Nothing removes them but you.",
  "settings.unsentCount": "{waiting}, {drafts}",
  "settings.unsentNone": "Nothing",
  "settings.unsentMessages":
    "{count, plural, =0 {nothing waiting} one {# message waiting} other {# messages waiting}}",
  "settings.unsentDrafts": "{count, plural, =0 {no drafts} one {# draft} other {# drafts}}",
  "settings.space": "Space in use",
  "settings.spaceHint": "By all accounts and the app itself, as this device counts it.",
  "settings.spaceUnknown": "This device does not tell.",
  "settings.rebuild": "Rebuild the cache",
  "settings.rebuildHint": "If something looks wrong or is missing: fetches it all anew.",
  "settings.rebuildOffline": "This needs the server, and Parley is not connected just now.",
  "settings.rebuildDo": "Rebuild…",
  "settings.rebuildTitle": "Rebuild the cache?",
  "settings.rebuildText":
    "Messages of {name} are removed from this device and fetched anew from the server; older ones when you scroll to them. Drafts and messages that wait to be sent stay.",
  "settings.rebuildConfirm": "Rebuild",
  "settings.rebuilding":
    "{count, plural, =0 {Fetching from the server…} one {Fetching from the server: # so far…} other {Fetching from the server: # so far…}}",
  "settings.rebuildWaits": "Goes on when Parley is connected again.",
  "settings.rebuilt": "Done: {kept}.",

  "settings.languages": "Languages",
  "settings.languagesLead": "What the app speaks, and what you write.",
  "settings.appLanguage": "Language of the app",
  "settings.appLanguageHint": "The only one so far.",
  "settings.spellcheckBrowser":
    "Your browser checks as you write, in the languages that its own settings name.",
  "settings.timeFormat": "Times and dates",
  "settings.timeFormatHint": "As this computer writes them, in its time zone: {zone}.",
} as const;
