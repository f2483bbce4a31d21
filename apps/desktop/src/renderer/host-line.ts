import type { HostLine } from "@parley/client/sync/bridge-over.ts";
import type { HostFrame } from "@parley/protocol/bridge/contract.ts";
import { NOTICE_NAMES } from "@parley/protocol/bridge/names.ts";
import { failure } from "@parley/protocol/errors.ts";

/** What the preload offers. */
export type PreloadHost = {
  call(name: string, body: unknown): Promise<unknown>;
  on(name: string, listener: (body: unknown) => void): void;
};

function isResult(answer: unknown): answer is { ok: boolean; value?: unknown; error?: unknown } {
  return typeof answer === "object" && answer !== null && "ok" in answer;
}

/** An answer of the main process in the shape of the line's frames; the bridge parses what is in it. */
function frameOf(id: number, answer: unknown): unknown {
  if (!isResult(answer)) return lost(id, "The answer is not one.");
  return answer.ok
    ? { kind: "answer", id, data: answer.value }
    : { kind: "failure", id, error: answer.error };
}

function lost(id: number, message: string): HostFrame {
  return {
    kind: "failure",
    id,
    error: { ...failure("bridge_failed", message).error, requestId: String(id) },
  };
}

/** The line between a window of the desktop and the main process, over the preload. */
export function preloadLine(host: PreloadHost): HostLine {
  let received: (frame: unknown) => void = () => undefined;
  return {
    post: ({ id, name, body }) => {
      host.call(name, body).then(
        (answer) => received(frameOf(id, answer)),
        (error: unknown) => received(lost(id, String(error))),
      );
    },
    listen: (listener) => {
      received = listener;
      for (const name of NOTICE_NAMES) {
        host.on(name, (body) => received({ kind: "notice", name, body }));
      }
    },
  };
}
