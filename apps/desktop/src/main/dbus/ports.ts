import type { Cancel } from "@parley/client/connection/ports.ts";

/** A method of an object on the bus. */
export type BusCall = {
  destination: string;
  path: string;
  interface: string;
  member: string;
  /** D-Bus signature of `body`; both absent where there are no arguments. */
  signature?: string;
  body?: readonly unknown[];
};

/** Why a call failed: `gone` also when the bus itself cannot be reached. */
export type BusFailure = {
  kind: "timeout" | "gone" | "refused";
  /** `org.freedesktop.DBus.Error...`, where there is one. */
  name?: string;
  message: string;
};

export type BusAnswer = { ok: true; values: unknown[] } | { ok: false; failure: BusFailure };

export type BusSignal = {
  /** The unique name of whoever sent it. */
  sender: string;
  path: string;
  member: string;
  body: unknown[];
};

export type SignalName = { interface: string; name: string };

export type SignalRule = { interface: string; path?: string };

/** The session bus. Nothing here throws, blocks, or waits longer than it was told. */
export type SessionBus = {
  /** Names the bus itself: that of a new login has another. Undefined while there is none. */
  readonly id: string | undefined;
  /** Calls a method. Without `timeoutMs` it waits until an answer, or the end of the connection. */
  call(call: BusCall, timeoutMs?: number): Promise<BusAnswer>;
  /** Hears signals, also after the connection was lost and came back. */
  onSignal(rule: SignalRule, listener: (signal: BusSignal) => void): Cancel;
  /** Hears who owns a well-known name: now, and whenever that changes. Undefined: nobody. */
  onOwner(name: string, listener: (owner: string | undefined) => void): Cancel;
  /** Emits a signal that says how something stands: the last one is said anew on a bus that comes later. */
  emit(path: string, member: SignalName, args: BusArguments): void;
  stop(): void;
};

export type BusArguments = { signature: string; body: readonly unknown[] };
