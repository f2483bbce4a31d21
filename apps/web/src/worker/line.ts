/**
 * The line between a window and the worker: frames of the bridge contract, and these few of its own,
 * by which the worker learns whether the window still lives.
 */
export type LineFrame =
  /** Shared worker, to whoever connects: I run; the lock of that name is mine as long as I do. */
  | { line: "here"; lock: string }
  /** Window: my name; the lock of that name is mine as long as I live. */
  | { line: "attach"; windowId: string }
  /** Worker: do you answer? */
  | { line: "ping" }
  /** Window: yes. */
  | { line: "pong" };

/** The lock that a window holds for its whole life. */
export function windowLockName(windowId: string): string {
  return `parley:window:${windowId}`;
}

/** Held by the one worker that hosts the sessions of this browser (S20). */
export const HOST_LOCK = "parley:host";

/** Reads a frame of the line itself; undefined for everything else. */
export function readLineFrame(data: unknown): LineFrame | undefined {
  if (typeof data !== "object" || data === null || !("line" in data)) return undefined;
  if (data.line === "ping" || data.line === "pong") return { line: data.line };
  if (data.line === "here") {
    return "lock" in data && typeof data.lock === "string"
      ? { line: "here", lock: data.lock }
      : undefined;
  }
  if (data.line !== "attach" || !("windowId" in data)) return undefined;
  return typeof data.windowId === "string"
    ? { line: "attach", windowId: data.windowId }
    : undefined;
}

/** What both a MessagePort and a dedicated worker's global scope offer. */
export type Endpoint = {
  postMessage(message: unknown): void;
  onmessage: ((event: MessageEvent) => void) | null;
};
