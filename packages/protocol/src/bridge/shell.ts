import { z } from "zod";
import { AccountKey, ChatId, ClientId } from "../ids.ts";

/** The desktop's own part of the bridge contract: its settings, its windows, what its system did. */

/** BCP 47 as dictionaries are named: `en-US`, `pt-BR`, `de`. */
const Language = z.string().regex(/^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}$/);

/** With Shift alone, or none, a combination would take a letter away from everything else on the machine. */
const STRONG_MODIFIER =
  /(?:^|\+)(?:CommandOrControl|CmdOrCtrl|Command|Cmd|Control|Ctrl|Alt|Option|AltGr|Super|Meta)\+/;

/** A key combination in Electron's words: `CommandOrControl+Shift+P`. */
export const Accelerator = z
  .string()
  .max(64)
  .regex(/^(?:[A-Za-z0-9]{1,24}\+){1,4}[A-Za-z0-9]{1,24}$/)
  .regex(STRONG_MODIFIER);

/** Settings that only a desktop has, kept on this device. */
export const ShellSettings = z.object({
  /** Whether closing the window leaves the app running in the tray. */
  closeToTray: z.boolean(),
  /** Whether the app starts without a window. */
  startHidden: z.boolean(),
  /** Whether the system starts the app at login; then it starts without a window. */
  startAtLogin: z.boolean(),
  /** Shows and hides the app from anywhere; null: none. */
  globalShortcut: Accelerator.nullable(),
  /** Dictionaries in use at once; empty: spelling is not checked. */
  spellcheck: z.array(Language).max(10),
  /** Whether the taskbar or dock asks for attention when a message alerts. */
  flash: z.boolean(),
});
export type ShellSettings = z.infer<typeof ShellSettings>;

export const DEFAULT_SHELL: ShellSettings = {
  closeToTray: true,
  startHidden: false,
  startAtLogin: false,
  globalShortcut: null,
  // Dictionaries come from a server of Chromium's: nothing is fetched from there unasked.
  spellcheck: [],
  flash: true,
};

/**
 * What became of a notification. `waiting`: the system has not answered in time, it is tried on.
 * `merged`: a newer one of the same chat took its place before it was shown. `dropped`: too many waited.
 * `withdrawn`: read before it was shown. `denied`: the system does not let the app. `unavailable`: nobody
 * shows notifications here.
 */
export const NotificationState = z.enum([
  "shown",
  "waiting",
  "merged",
  "dropped",
  "withdrawn",
  "denied",
  "unavailable",
  "failed",
]);
export type NotificationState = z.infer<typeof NotificationState>;

/** What the system said about one notification. */
export const NotificationOutcome = z.object({
  state: NotificationState,
  /** By this machine's clock, ms since 1970. */
  atMs: z.number().int(),
  /** The system's own words, for people who look into it. */
  detail: z.string().max(500).optional(),
  /** Absent for a test notification. */
  of: z.object({ accountKey: AccountKey, chatId: ChatId, clientId: ClientId }).optional(),
});
export type NotificationOutcome = z.infer<typeof NotificationOutcome>;

/** Who shows notifications here, and what it can do. */
export const NotificationSystem = z.object({
  /** `dbus` on Linux, else `native`. */
  by: z.enum(["dbus", "native"]),
  /** Whether somebody shows them; `hung`: somebody is there who does not answer. */
  state: z.enum(["ready", "hung", "absent", "unknown"]),
  /** Name and version of the program, where it says so. */
  name: z.string().max(200).optional(),
  canReply: z.boolean(),
  canAct: z.boolean(),
});
export type NotificationSystem = z.infer<typeof NotificationSystem>;

/** What a desktop says of itself. */
export const ShellState = z.object({
  settings: ShellSettings,
  /** Whether there is a tray that could bring a closed window back. */
  hasTray: z.boolean(),
  /** X2: `plain` where the system has no keyring: tokens lie in a file that only this user can read. */
  secrets: z.enum(["encrypted", "plain"]),
  /** Whether the system starts the app at login; `failed`: it did not take the last change. */
  startAtLogin: z.enum(["off", "set", "failed"]),
  /** `taken`: another program has the combination. */
  shortcut: z.enum(["off", "set", "taken"]),
  /** Dictionaries that can be chosen; empty where the system chooses by itself. */
  spellcheckLanguages: z.array(z.string()),
  notifications: NotificationSystem,
});
export type ShellState = z.infer<typeof ShellState>;

/** A window as its page needs to know it. */
export const WindowState = z.object({
  /** `main` lives as long as the app; the others come and go. */
  kind: z.enum(["main", "extra", "chat"]),
  alwaysOnTop: z.boolean(),
  zoomPercent: z.number().int(),
});
export type WindowState = z.infer<typeof WindowState>;

/** What the user did to a notification besides opening it. */
export const NotificationAct = z.discriminatedUnion("act", [
  z.object({ act: z.literal("mark-read") }),
  z.object({ act: z.literal("mute-hour") }),
  z.object({ act: z.literal("reply"), text: z.string().min(1).max(10_000) }),
]);
export type NotificationAct = z.infer<typeof NotificationAct>;

/** A crash of this app, kept on this device until the user hands it on or deletes it. */
export const CrashReport = z.object({
  id: z.string().regex(/^[a-z0-9-]{1,80}$/),
  atMs: z.number().int(),
  /** What crashed: the page, the main process, or a helper of the system. */
  what: z.string().max(100),
  sizeBytes: z.number().int().nonnegative(),
});
export type CrashReport = z.infer<typeof CrashReport>;
