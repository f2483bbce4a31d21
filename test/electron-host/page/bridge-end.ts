import type { Crossing } from "./world-types.ts";

export type BridgeEnd = {
  pack(value: unknown): Crossing;
  unpack(crossing: Crossing): unknown;
};

/**
 * One world's end of contextBridge. Both ends hold the same element, which is in no document, and
 * talk by events on it: synchronously, with details cloned between the worlds by the browser.
 * Functions become proxies, promises are followed, prototypes and getters do not cross, and of an
 * error only the message does. Runs in pages: it must not refer to anything outside itself.
 */
export function makeBridgeEnd(line: Element, here: string, there: string): BridgeEnd {
  type Outcome = { value: Crossing } | { thrown: Crossing };
  const MAX_DEPTH = 1_000;
  const functions: ((...args: unknown[]) => unknown)[] = [];
  const promises = new Map<number, PromiseWithResolvers<unknown>>();
  const outcomes: Outcome[] = [];
  let promiseCount = 0;

  const tell = (what: string, detail: unknown): void => {
    line.dispatchEvent(new CustomEvent(`${what}:${there}`, { detail }));
  };
  const hear = <T>(what: string, heard: (detail: T) => void): void => {
    line.addEventListener(`${what}:${here}`, (event) => heard((event as CustomEvent<T>).detail));
  };

  /** An event's detail that cannot be cloned would arrive as null. */
  function cloned(value: object): object {
    try {
      return structuredClone(value);
    } catch {
      throw new Error("An object could not be cloned.");
    }
  }

  function pack(value: unknown): Crossing {
    return packWithin(value, new Map(), 0);
  }

  function packWithin(value: unknown, known: Map<object, number>, depth: number): Crossing {
    if (depth > MAX_DEPTH) throw new TypeError("Electron contextBridge recursion depth exceeded.");
    if (typeof value === "function") {
      return { is: "function", id: functions.push(value as () => unknown) - 1 };
    }
    if (typeof value === "symbol") throw new TypeError("A symbol cannot cross the context bridge.");
    if (typeof value !== "object" || value === null) return { is: "data", value };
    if (value instanceof Promise) {
      const id = promiseCount++;
      value.then(
        (settled: unknown) => tell("settled", { id, outcome: { value: pack(settled) } }),
        (reason: unknown) => tell("settled", { id, outcome: { thrown: pack(reason) } }),
      );
      return { is: "promise", id };
    }
    if (value instanceof Error) return { is: "error", message: value.message };
    const isPlain = Object.prototype.toString.call(value) === "[object Object]";
    if (!isPlain && !Array.isArray(value)) return { is: "data", value: cloned(value) };
    const seen = known.get(value);
    if (seen !== undefined) return { is: "known", ref: seen };
    const ref = known.size;
    known.set(value, ref);
    const packed = (field: unknown): Crossing => packWithin(field, known, depth + 1);
    if (Array.isArray(value)) return { is: "list", ref, items: value.map(packed) };
    const fields = Object.entries(value).map(([key, field]): [string, Crossing] => [
      key,
      packed(field),
    ]);
    return { is: "record", ref, fields };
  }

  function callThere(id: number, args: unknown[]): unknown {
    const count = outcomes.length;
    tell("call", { id, args: args.map((arg) => pack(arg)) });
    const outcome = outcomes.length > count ? outcomes.pop() : undefined;
    if (!outcome) throw new Error("the other world did not answer");
    if ("thrown" in outcome) throw unpack(outcome.thrown);
    return unpack(outcome.value);
  }

  function unpack(crossing: Crossing): unknown {
    return unpackWithin(crossing, new Map());
  }

  function unpackWithin(crossing: Crossing, known: Map<number, object>): unknown {
    switch (crossing.is) {
      case "data":
        return crossing.value;
      case "known":
        return known.get(crossing.ref);
      case "list": {
        const list: unknown[] = [];
        known.set(crossing.ref, list);
        for (const item of crossing.items) list.push(unpackWithin(item, known));
        return list;
      }
      case "record": {
        const record: Record<string, unknown> = {};
        known.set(crossing.ref, record);
        for (const [key, field] of crossing.fields) record[key] = unpackWithin(field, known);
        return record;
      }
      case "error":
        return new Error(crossing.message);
      case "function":
        return (...args: unknown[]) => callThere(crossing.id, args);
      case "promise": {
        const settling = Promise.withResolvers<unknown>();
        promises.set(crossing.id, settling);
        return settling.promise;
      }
    }
  }

  hear<{ id: number; args: Crossing[] }>("call", ({ id, args }) => {
    let outcome: Outcome;
    try {
      outcome = { value: pack(functions[id]?.(...args.map(unpack))) };
    } catch (error) {
      outcome = { thrown: pack(error) };
    }
    tell("return", outcome);
  });
  hear<Outcome>("return", (outcome) => outcomes.push(outcome));
  hear<{ id: number; outcome: Outcome }>("settled", ({ id, outcome }) => {
    const settling = promises.get(id);
    promises.delete(id);
    if ("thrown" in outcome) settling?.reject(unpack(outcome.thrown));
    else settling?.resolve(unpack(outcome.value));
  });

  return { pack, unpack };
}
