import type { Bridge } from "@parley/protocol/bridge/bridge.ts";
import type {
  CallData,
  CallInput,
  CallName,
  NoticeBody,
  NoticeName,
} from "@parley/protocol/bridge/contract.ts";
import { failure, type Result } from "@parley/protocol/errors.ts";

/** What a fake host answers, by call; others fail. */
export type FakeAnswers = {
  [Name in CallName]?: (body: CallInput<Name>) => Result<CallData<Name>>;
};

export type FakeBridge = {
  bridge: Bridge;
  calls: { name: CallName; body: unknown }[];
  emit: <Name extends NoticeName>(name: Name, body: NoticeBody<Name>) => void;
};

/** A bridge whose host is a table of answers. Keeps what was called; tells notices on demand. */
export function fakeBridge(answers: FakeAnswers): FakeBridge {
  const calls: FakeBridge["calls"] = [];
  const listeners = new Map<NoticeName, Set<(body: never) => void>>();
  return {
    calls,
    emit(name, body) {
      for (const listener of listeners.get(name) ?? []) listener(body as never);
    },
    bridge: {
      call(name, body) {
        calls.push({ name, body });
        const answer = answers[name] as ((body: unknown) => Result<never>) | undefined;
        return Promise.resolve(
          answer?.(body) ?? failure("bridge_failed", `No answer for ${name}.`),
        );
      },
      on(name, listener) {
        const known = listeners.get(name) ?? new Set();
        listeners.set(name, known.add(listener));
        return () => known.delete(listener);
      },
    },
  };
}
