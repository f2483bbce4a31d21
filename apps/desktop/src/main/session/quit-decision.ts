export type QuitSituation = {
  /** Messages that have not reached the server, over all accounts. */
  waiting: number;
  /** The user has said it already, or the system is going down. */
  isDecided: boolean;
};

/** Whether quitting asks first: only while messages wait that nobody would send. */
export function asksBeforeQuit({ waiting, isDecided }: QuitSituation): boolean {
  return waiting > 0 && !isDecided;
}
