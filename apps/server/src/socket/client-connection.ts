import { type ErrorCode, failure, type Failure } from "@parley/protocol/errors.ts";
import { type AccountId, type DeviceId, uuidv7 } from "@parley/protocol/ids.ts";
import type { Socket } from "socket.io";
import { type FanoutConnection, Push } from "../fanout/port.ts";
import { encodedPush, gatherFrames, releaseFrames } from "./frames.ts";
import type { VerifiedSession } from "./session-port.ts";
import type { SocketLimits } from "./socket-limits.ts";
import { TokenBucket } from "./token-bucket.ts";

/** Bytes of answers that may wait, as a multiple of those of pushes: answers are asked for. */
const ANSWERS_FACTOR = 4;

/** One socket of a verified device. */
export class ClientConnection implements FanoutConnection {
  readonly id: string;
  readonly accountId: AccountId;
  readonly deviceId: DeviceId;
  readonly openedAtMs: number;
  readonly events: TokenBucket;
  readonly receiptBatches: TokenBucket;
  /** V11 */
  expiresAtMs: number;
  openRequests = 0;
  refusals = 0;
  lastRefusalAtMs = 0;
  readonly #socket: Socket;
  readonly #limits: SocketLimits;
  #queuedBytes = 0;
  #pushedBytes = 0;
  #isEnded = false;
  /** Why the connection was closed by the server, for the log. */
  endedBy: string | undefined;

  constructor(socket: Socket, session: VerifiedSession, limits: SocketLimits, nowMs: number) {
    this.id = socket.id;
    this.accountId = session.accountId;
    this.deviceId = session.deviceId;
    this.expiresAtMs = session.expiresAtMs;
    this.openedAtMs = nowMs;
    this.events = new TokenBucket(limits.eventsPerSecond, limits.eventsBurst, nowMs);
    this.receiptBatches = new TokenBucket(
      limits.receiptBatchesPerSecond,
      limits.receiptBatchesBurst,
      nowMs,
    );
    this.#socket = socket;
    this.#limits = limits;
    socket.conn.on("packetCreate", (packet: { data?: unknown }) => {
      if (typeof packet.data === "string") this.#queuedBytes += packet.data.length;
    });
    // Everything queued goes to the transport at once; from there on the transport counts it.
    socket.conn.on("flush", () => {
      this.#queuedBytes = 0;
      gatherFrames(socket.conn.transport);
    });
  }

  /** Bytes that the network has not taken yet. */
  get unsentBytes(): number {
    const transport: object = this.#socket.conn.transport;
    const socket: unknown = "socket" in transport ? transport.socket : undefined;
    const isCounting = typeof socket === "object" && socket !== null && "bufferedAmount" in socket;
    const buffered = isCounting ? Number(socket.bufferedAmount) : 0;
    return this.#queuedBytes + buffered;
  }

  send(push: Push): void {
    if (this.#isEnded) return;
    const unsentBytes = this.unsentBytes;
    if (unsentBytes === 0) this.#pushedBytes = 0;
    const { text, options } = encodedPush(push);
    this.#pushedBytes += text.length;
    // E2: a page that was asked for may be large; what counts is how much the pushes pile up.
    const { unsentBytes: limit } = this.#limits;
    if (unsentBytes > limit && this.#pushedBytes > limit) {
      this.drop("too far behind");
      return;
    }
    this.#socket.conn.write(text, options);
  }

  /** Whether it asks for more than it takes. Then it is dropped. */
  isOverwhelmed(): boolean {
    if (this.unsentBytes <= this.#limits.unsentBytes * ANSWERS_FACTOR) return false;
    this.drop("asks for more than it reads");
    return true;
  }

  end(code: ErrorCode, message: string, extra: Partial<Failure> = {}): void {
    if (this.#isEnded) return;
    const { error } = failure(code, message);
    this.send(new Push("session:ended", { error: { ...error, ...extra, requestId: uuidv7() } }));
    this.#isEnded = true;
    this.endedBy = code;
    this.#socket.disconnect(true);
    releaseFrames(this.#socket.conn.transport);
  }

  /** Closes without a word: who does not read would not read that either. */
  drop(why: string): void {
    this.#isEnded = true;
    this.endedBy = why;
    this.#socket.conn.close(true);
  }
}
