/** Other words by which people look for a setting. The search reads them; nobody sees them. */
export const enSettingsWords = {
  "settings.words.name": "display name, nickname, call me, rename",
  "settings.words.handle": "username, user name, login, at sign, id",
  "settings.words.role": "rights, permissions, owner, admin",
  "settings.words.device": "computer, name of the device, session",
  "settings.words.signOut": "log out, logout, leave, remove account, switch account",
  "settings.words.signOutEverywhere":
    "log out of all devices, logout, lost device, stolen, sessions",
  "settings.words.permission":
    "alerts, allow, permission, banner, pop-up, toast, blocked, enable, turn on, turn off",
  "settings.words.preview": "text, content, sender, privacy, hide message, lock screen, name only",
  "settings.words.sound": "noise, ring, tone, beep, volume, silent, audio, mute",
  "settings.words.doNotDisturb": "dnd, silence, mute, focus, turn off notifications, alerts, stop",
  "settings.words.snooze":
    "mute for, snooze, later, silence, hours, alerts, do not disturb, tomorrow, resume",
  "settings.words.quietHours":
    "night, sleep, weekend, schedule, weekday, evening, work hours, do not disturb, silence, mute, alerts",
  "settings.words.wakeDigest": "digest, missed, summary, catch up, after quiet hours, alerts",
  "settings.words.test": "try, check, does it work, not working, alerts, missing, problem, why",
  "settings.words.theme": "dark mode, light mode, night, colours, colors, black, white, look",
  "settings.words.contrast": "accessibility, readable, lines, borders, vision, colours, colors",
  "settings.words.textSize":
    "font, letters, bigger, larger, smaller, readable, accessibility, scale",
  "settings.words.zoom": "bigger, larger, smaller, scale, magnify, size, accessibility",
  "settings.words.density": "compact, spacing, rows, room, tight, list",
  "settings.words.startAtLogin":
    "autostart, boot, launch, open automatically, run at startup, start with the system",
  "settings.words.closeToTray":
    "background, minimise, minimize, hide, quit, exit, system tray, menu bar",
  "settings.words.startHidden": "background, minimised, minimized, hidden, autostart, tray, launch",
  "settings.words.shortcut": "hotkey, global shortcut, key combination, keys, show, hide, keyboard",
  "settings.words.spellcheck":
    "spelling, dictionary, dictionaries, language, languages, typo, grammar, red line, autocorrect",
  "settings.words.flash": "blink, urgent, attention, taskbar, dock, bounce, alert",
  "settings.words.secrets": "keyring, keychain, password, encryption, security, token, safe",
  "settings.words.logs": "log file, diagnostics, debug, support, problem, folder, error",
  "settings.words.crashes": "crash, bug, report, problem, error, support, diagnostics, send",
  "settings.words.keys":
    "shortcuts, hotkeys, keyboard, key combinations, without a mouse, cheat sheet",
  "settings.words.install":
    "install, installation, app, desktop, dock, home screen, start menu, window, pin, shortcut",
  "settings.words.version": "build, update, release, number",
  "settings.words.protocol": "compatibility, update, number",
  "settings.words.server": "address, host, url, domain, where",
} as const;
