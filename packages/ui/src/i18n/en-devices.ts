/** English of the devices on which an account is signed in, and of being signed out on one. */
export const enDevices = {
  "settings.devices": "Devices",
  "settings.devicesLead":
    "Where {name} is signed in on {server}. Sign out what you no longer use, or do not know.",
  "settings.devicesAll": "Signed in on",
  "settings.devicesAsking": "Asking the server…",
  "settings.devicesOffline":
    "You are offline. Your devices show here once the server can be reached.",
  "settings.devicesAsOf": "You are offline. This is what the server said last.",
  "settings.devicesNoOther": "You are signed in nowhere else.",
  "settings.devicesFailed": "Your devices could not be fetched.",
  "settings.deviceThis": "This device",
  "settings.deviceUnchanged": "Connect to sign one out.",
  "settings.devicePlatform.linux": "Linux",
  "settings.devicePlatform.macos": "macOS",
  "settings.devicePlatform.windows": "Windows",
  "settings.devicePlatform.web": "Browser",
  "settings.devicePlatform.other": "Another system",
  "settings.deviceConnected": "Connected now",
  "settings.deviceSeen": "Last there {when}",
  "settings.deviceSince": "Signed in {when}",
  "settings.deviceRename": "Rename",
  "settings.deviceRenameOf": "Rename {name}",
  "settings.deviceName": "Name of the device",
  "settings.deviceNeedName": "Enter a name.",
  "settings.deviceSignOut": "Sign out",
  "settings.deviceSignOutOf": "Sign out {name}",
  "settings.deviceAsk": "Sign out “{name}”?",
  "settings.deviceAskText":
    "It ends at once and shows its sign-in form, which names this device. Nothing on the server is lost. What it has not sent yet waits there until somebody signs in to this account on it again.",
  "settings.deviceSignedOut": "“{name}” is signed out.",

  "ended.title": "{name} was signed out on this device",
  "ended.by": "It was done from “{device}”, {when}.",
  "ended.server":
    "The server ended the sign-in, {when}: from another device, or after the password was changed.",
  "ended.disabled": "The account was switched off, {when}. Ask the server's owner.",
  "ended.other": "{reason} That was {when}.",
  "ended.account": "@{handle} on {server}.",
  "ended.kept":
    "Drafts and messages that were not sent are still on this device. Sign in again to go on with them.",
} as const;
