import type { Failure, Result } from "@parley/protocol/errors.ts";
import { useCallback, useEffect, useRef, useState } from "react";

/** How settings that the host keeps are asked for, heard of and changed. The same object as long as it means the same. */
export type HostSettings<State, Change> = {
  ask: () => Promise<Result<State>>;
  /** Answers what holds after the change. */
  change: (change: Change) => Promise<Result<State>>;
  /** What a change makes of what held before. */
  changed: (before: State, change: Change) => State;
  /** Hears of changes made elsewhere. Returns the function that stops it. */
  listen: (heard: (state: State) => void) => () => void;
};

/** Whether some change has not been answered yet. */
function isWaiting({ asked, answered }: { asked: number; answered: number }): boolean {
  return answered < asked;
}

/**
 * Settings that the host keeps, how to change them, and why the last of it failed. Null until it has
 * answered, and where they are not wanted. A change shows at once; what the host says goes in the end.
 */
export function useHostSettings<State, Change>(
  host: HostSettings<State, Change>,
  isWanted: boolean,
): [state: State | null, configure: (change: Change) => void, failure: Failure | null] {
  const [state, setState] = useState<State | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  /** While one waits for its answer, what the host said before tells nothing of it. */
  const changes = useRef({ asked: 0, answered: 0 });
  useEffect(() => {
    if (!isWanted) return;
    let current = true;
    const stop = host.listen((heard) => {
      if (!isWaiting(changes.current)) setState(heard);
    });
    void host.ask().then((result) => {
      if (!current) return;
      setFailure(result.ok ? null : result.error);
      if (result.ok) setState(result.value);
    });
    return () => {
      current = false;
      stop();
    };
  }, [host, isWanted]);
  const configure = useCallback(
    (change: Change) => {
      // Shown at once: the next change, which may come before the answer, builds on it.
      setState((before) => (before === null ? null : host.changed(before, change)));
      changes.current.asked += 1;
      void host.change(change).then(async (result) => {
        setFailure(result.ok ? null : result.error);
        const held = result.ok ? result : await host.ask();
        changes.current.answered += 1;
        if (held.ok && !isWaiting(changes.current)) setState(held.value);
      });
    },
    [host],
  );
  return [state, configure, failure];
}
