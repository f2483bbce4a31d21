/** The sections of the settings in a browser, in their order, as they are named. */
export const SETTINGS_SECTIONS: readonly string[] = [
  "Profile",
  "Accounts",
  "Notifications",
  "Appearance",
  "Chats",
  "Privacy",
  "Devices",
  "Storage",
  "Keyboard",
  "Languages",
  "About",
];
