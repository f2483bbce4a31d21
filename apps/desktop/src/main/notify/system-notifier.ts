import type { NotificationSystem, NotificationState } from "@parley/protocol/bridge/shell.ts";

/** A picture to show: a file, or pixels row by row, four bytes each: red, green, blue, opacity. */
export type Picture =
  | { kind: "file"; path: string }
  | { kind: "pixels"; widthPx: number; heightPx: number; rgba: Uint8Array };

/** A button on a notification. */
export type NoticeButton = { id: string; label: string };

/** What the system is asked to show. */
export type SystemNotice = {
  /** One at a time of each: a newer one takes the place of the one before. */
  tag: string;
  /** Those of one group lie together where the system does that. */
  group: string;
  title: string;
  /** Plain text. */
  body: string;
  buttons: readonly NoticeButton[];
  /** Where it may be answered in place: what stands in the empty field. */
  reply?: { placeholder: string; label: string };
  /** What a click on the notification itself is called, for those who read it out. */
  openLabel: string;
  silent: boolean;
  /** A sound by its name; the system's usual one if absent. */
  sound?: string;
  urgent: boolean;
  picture?: Picture;
};

/** What became of a notice; `handle` finds it again after a restart. */
export type NoticeOutcome = { state: NotificationState; detail?: string; handle?: string };

/** What the user did to a notice. `gone`: it cannot be clicked any more. */
export type NoticeEvent =
  | { kind: "clicked"; activationToken?: string }
  | { kind: "button"; id: string }
  | { kind: "replied"; text: string }
  | { kind: "gone" };

/** A notice of an earlier run: the handle that it was given, and the ids of its buttons in their order. */
export type KeptNotice = { tag: string; handle: string; buttons: readonly string[] };

export type NotifierListener = {
  /** Said of each shown notice once, but that `waiting` may be followed by what came of it. */
  outcome(notice: SystemNotice, outcome: NoticeOutcome): void;
  event(tag: string, event: NoticeEvent): void;
  /** Who shows notifications here changed. */
  system(system: NotificationSystem): void;
};

/** How the system shows notifications. Nothing here throws or blocks. */
export type SystemNotifier = {
  readonly system: NotificationSystem;
  show(notice: SystemNotice): void;
  /** Takes a notice from the screen, or from what waits. */
  close(tag: string): void;
  /** Notices of an earlier run that may still be on the screen. */
  restore(kept: readonly KeptNotice[]): void;
  stop(): void;
};
