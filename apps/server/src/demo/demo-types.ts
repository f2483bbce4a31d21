/** Someone in the demo, by the handle under which the conversations name them. */
export type DemoPerson = {
  handle: string;
  name: string;
  device: { name: string; platform: "linux" | "macos" | "windows" | "web" };
};

/** Who says what; `mentions` are handles. */
export type DemoLine = readonly [handle: string, text: string, mentions?: readonly string[]];

/** A stretch of conversation: it starts then, and its lines follow each other within minutes. */
export type DemoScene = {
  start: { daysAgo: number; at: string } | { minutesAgo: number };
  lines: readonly DemoLine[];
};

/**
 * How far a member is behind the end of a chat: the last messages that they have not read, and of
 * these the ones that have not even reached a device of theirs.
 */
export type DemoArrears = { unread: number; undelivered?: number };

export type DemoChat = {
  kind: "direct" | "group" | "self";
  /** Groups only. */
  title?: string;
  /** The first one makes the chat. */
  members: readonly string[];
  scenes: readonly DemoScene[];
  behind?: Readonly<Record<string, DemoArrears>>;
};

/** A scene some days ago, at a time of day (24 h, local). */
export function day(daysAgo: number, at: string, ...lines: DemoLine[]): DemoScene {
  return { start: { daysAgo, at }, lines };
}

/** A scene that began this many minutes before now. */
export function lately(minutesAgo: number, ...lines: DemoLine[]): DemoScene {
  return { start: { minutesAgo }, lines };
}
