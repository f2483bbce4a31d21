import { LIMITS } from "@parley/protocol/limits.ts";
import type { ArrivalLimits } from "./arrivals.ts";

/** Bounds of what connections may do. Tests and measurements hand in others. */
export type SocketLimits = {
  /** Requests of a connection a second, averaged. */
  eventsPerSecond: number;
  /** How many of them may come at once. */
  eventsBurst: number;
  /** The same for all connections of an account together. */
  accountEventsPerSecond: number;
  accountEventsBurst: number;
  receiptBatchesPerSecond: number;
  receiptBatchesBurst: number;
  /** Refused requests after which a connection is closed (E2); forgiven at the pace of requests. */
  refusalsBeforeEnd: number;
  /** Requests of a connection that may be unanswered at a time. */
  openRequests: number;
  connectionsPerAccount: number;
  /** Connections of one address that have not yet said who they are. */
  strangersPerAddress: number;
  unsentBytes: number;
  healIntervalMs: number;
} & ArrivalLimits;

/** A connection may burst to this many seconds' worth of requests. */
const BURST_SECONDS = 5;
/**
 * Room for all clients of an office that return at the same moment, each of which takes milliseconds
 * to say who it is; whoever only opens sockets holds no more than these, for LIMITS.authenticateMs.
 */
const STRANGERS_PER_ADDRESS = 1_000;
/** An account may use this many connections to the full at once. */
const FULL_CONNECTIONS = 4;

export const SOCKET_LIMITS: SocketLimits = {
  eventsPerSecond: LIMITS.eventsPerSecond,
  eventsBurst: LIMITS.eventsPerSecond * BURST_SECONDS,
  accountEventsPerSecond: LIMITS.eventsPerSecond * FULL_CONNECTIONS,
  accountEventsBurst: LIMITS.eventsPerSecond * BURST_SECONDS * FULL_CONNECTIONS,
  receiptBatchesPerSecond: LIMITS.receiptBatchesPerSecond,
  receiptBatchesBurst: LIMITS.receiptBatchesPerSecond * BURST_SECONDS,
  refusalsBeforeEnd: 1_000,
  openRequests: 256,
  connectionsPerAccount: LIMITS.connectionsPerAccount,
  strangersPerAddress: STRANGERS_PER_ADDRESS,
  unsentBytes: LIMITS.unsentBytes,
  healIntervalMs: LIMITS.healIntervalMs,
  arrivalsAtOnce: LIMITS.arrivalsAtOnce,
  arrivalWaitMs: LIMITS.arrivalWaitMs,
  arrivalHoldMs: LIMITS.arrivalHoldMs,
};
