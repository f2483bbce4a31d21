import type { Logger } from "pino";

/** What the socket side writes: who and what happened; never message text, tokens or passwords. */
export type SocketLog = Pick<Logger, "info" | "warn" | "error">;
