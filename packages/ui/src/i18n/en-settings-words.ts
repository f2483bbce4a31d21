/** Other words by which people look for a setting. The search reads them; nobody sees them. */
export const enSettingsWords = {
  "settings.words.name": "display name, nickname, call me, rename",
  "settings.words.handle": "username, user name, login, at sign, id",
  "settings.words.role": "rights, permissions, owner, admin",
  "settings.words.device": "computer, name of the device, session",
  "settings.words.devices":
    "sessions, session, log out, logout, lost device, stolen, computer, browser, phone, sign out of another device, last seen, rename device, security",
  "settings.words.signOut": "log out, logout, leave, remove account, switch account",
  "settings.words.signOutEverywhere": "log out of all devices, logout, lost device, stolen",
  "settings.words.accountsHere":
    "switch account, users, people, second account, multiple accounts, log out, sign out, handle",
  "settings.words.addAccount":
    "second account, another account, new account, log in, sign in, work, sign up, server",
  "settings.words.enterSends":
    "return key, new line, line break, shift enter, ctrl enter, cmd enter, send, keyboard, paragraph",
  "settings.words.asksAfterMove":
    "wrong chat, by mistake, mis-send, confirm, accident, safety, guard, oops",
  "settings.words.blocked":
    "unblock, block list, blocklist, ban, ignore, spam, harassment, stop someone",
  "settings.words.shownToOthers":
    "preview, lock screen, hide text, shoulder, content, sender, private, notifications",
  "settings.words.kept":
    "cache, messages on this device, offline, database, how many, local, downloaded",
  "settings.words.unsent": "outbox, waiting, drafts, not sent, pending, queue, unsaved",
  "settings.words.space": "disk, size, megabytes, quota, full, memory, usage, bytes",
  "settings.words.rebuild":
    "clear cache, reset, repair, fix, missing messages, refresh, sync again, reload, download again, problem",
  "settings.words.appLanguage":
    "english, translation, locale, german, spanish, french, interface language",
  "settings.words.timeFormat":
    "clock, 24 hours, 12 hours, am pm, date format, time zone, region, locale, calendar",
  "settings.words.permission":
    "alerts, allow, permission, banner, pop-up, toast, blocked, enable, turn on, turn off",
  "settings.words.preview": "text, content, sender, privacy, hide message, lock screen, name only",
  "settings.words.sound": "noise, bell, chime, ring, tone, beep, volume, silent, audio, mute",
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
