/**
 * The steps of a message's way through a window, in order. Between any two of them its process may
 * end, and nothing may be lost or doubled by that (S11): tests end it at each of them.
 */
export type StepName =
  /** Sending: nothing is journaled yet ... */
  | "journal:writing"
  /** ... it is, but nobody was told to flush. */
  | "journal:written"
  /** The flush is about to leave ... */
  | "flush:emitting"
  /** ... is on its way ... */
  | "flush:emitted"
  /** ... is acknowledged, which stands nowhere yet ... */
  | "flush:acked"
  /** ... but in the journal, not in the cache. */
  | "flush:marked"
  /** Own events: about to be committed to the cache; committed; the journal entries gone. */
  | "own:committing"
  | "own:committed"
  | "own:released"
  /** Events of others: about to be committed; committed, nobody told; `delivered` handed to the host. */
  | "received:committing"
  | "received:committed"
  | "received:delivered";

/** Called as each step is reached; the next one waits for what it returns. The app has none. */
export type StepPort = (step: StepName) => Promise<void> | void;
