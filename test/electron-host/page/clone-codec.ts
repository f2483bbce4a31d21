export type CloneCodec = {
  /** Clones as IPC does, then writes the clone as text. Throws what cannot be cloned. */
  encode(value: unknown): string;
  decode(text: string): unknown;
};

/**
 * Values as text, with all that the structured clone algorithm keeps: identity and cycles, Map, Set,
 * Date, RegExp, bigint, undefined, -0, errors, buffers and views. The platform's own structuredClone
 * says what can be cloned at all. Runs in pages too: it must not refer to anything outside itself.
 */
export function makeCloneCodec(): CloneCodec {
  type Item = readonly [kind: string, ...parts: unknown[]];
  const views: Record<string, new (buffer: ArrayBuffer, at: number, length: number) => object> = {
    Int8Array,
    Uint8Array,
    Uint8ClampedArray,
    Int16Array,
    Uint16Array,
    Int32Array,
    Uint32Array,
    Float32Array,
    Float64Array,
    BigInt64Array,
    BigUint64Array,
    DataView,
  };
  const errors: Record<string, ErrorConstructor> = {
    Error,
    EvalError,
    RangeError,
    ReferenceError,
    SyntaxError,
    TypeError,
    URIError,
  };

  const notCloneable = (): never => {
    throw new DOMException("An object could not be cloned.", "DataCloneError");
  };

  function bytesToText(buffer: ArrayBuffer): string {
    let binary = "";
    for (const byte of new Uint8Array(buffer)) binary += String.fromCharCode(byte);
    return btoa(binary);
  }

  function textToBytes(text: string): ArrayBuffer {
    return Uint8Array.from(atob(text), (unit) => unit.charCodeAt(0)).buffer;
  }

  function encode(input: unknown): string {
    let root: unknown;
    try {
      root = structuredClone(input);
    } catch {
      notCloneable();
    }
    const items: Item[] = [];
    const known = new Map<object, number>();

    function fieldsOf(value: object): [string, unknown][] {
      return Object.entries(value).map(([key, field]) => [key, write(field)]);
    }

    function describe(value: object): Item {
      const tag = Object.prototype.toString.call(value).slice(8, -1);
      if (Array.isArray(value)) return ["array", value.length, fieldsOf(value)];
      if (value instanceof Date) return ["date", write(value.getTime())];
      if (value instanceof RegExp) return ["regexp", value.source, value.flags];
      if (value instanceof Map) {
        return ["map", [...value].map(([key, field]) => [write(key), write(field)])];
      }
      if (value instanceof Set) return ["set", [...value].map(write)];
      if (value instanceof Error) return ["error", value.name, value.message, value.stack ?? ""];
      if (value instanceof ArrayBuffer) return ["buffer", bytesToText(value)];
      if (ArrayBuffer.isView(value)) {
        const length = "length" in value ? value.length : value.byteLength;
        return ["view", tag, write(value.buffer), value.byteOffset, length];
      }
      if (tag === "Object") return ["object", fieldsOf(value)];
      if (tag === "Boolean" || tag === "Number" || tag === "String" || tag === "BigInt") {
        return ["boxed", write(value.valueOf())];
      }
      return notCloneable();
    }

    function write(value: unknown): unknown {
      if (value === undefined) return ["undefined"];
      if (typeof value === "bigint") return ["bigint", String(value)];
      if (typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0))) {
        return ["number", Object.is(value, -0) ? "-0" : String(value)];
      }
      if (typeof value !== "object" || value === null) return value;
      const seen = known.get(value);
      if (seen !== undefined) return ["ref", seen];
      const index = items.push(["pending"]) - 1;
      known.set(value, index);
      items[index] = describe(value);
      return ["ref", index];
    }

    const head = write(root);
    return JSON.stringify({ head, items });
  }

  function decode(text: string): unknown {
    const { head, items } = JSON.parse(text) as { head: unknown; items: Item[] };
    const made = new Map<number, object>();

    function fill(target: object, fields: unknown): void {
      for (const [key, field] of fields as [string, unknown][]) {
        const value = read(field);
        Object.defineProperty(target, key, {
          value,
          writable: true,
          enumerable: true,
          configurable: true,
        });
      }
    }

    function keep<T extends object>(index: number, value: T): T {
      made.set(index, value);
      return value;
    }

    function make(index: number): object {
      const [kind, first, second, third, fourth] = items[index] ?? ["missing"];
      if (kind === "object") {
        const target = keep(index, {});
        fill(target, first);
        return target;
      }
      if (kind === "array") {
        const target = keep(index, Array.from({ length: 0 }));
        target.length = Number(first);
        fill(target, second);
        return target;
      }
      if (kind === "map") {
        const target = keep(index, new Map<unknown, unknown>());
        for (const [key, field] of first as [unknown, unknown][]) {
          target.set(read(key), read(field));
        }
        return target;
      }
      if (kind === "set") {
        const target = keep(index, new Set<unknown>());
        for (const field of first as unknown[]) target.add(read(field));
        return target;
      }
      if (kind === "date") return keep(index, new Date(Number(read(first))));
      if (kind === "regexp") return keep(index, new RegExp(String(first), String(second)));
      if (kind === "buffer") return keep(index, textToBytes(String(first)));
      if (kind === "boxed") return keep(index, Object(read(first)) as object);
      if (kind === "error") {
        const error = new (errors[String(first)] ?? Error)(String(second));
        error.stack = String(third);
        return keep(index, error);
      }
      const View = kind === "view" ? views[String(first)] : undefined;
      if (!View) throw new Error(`a message of the bridge has an item of kind ${kind}`);
      return keep(index, new View(read(second) as ArrayBuffer, Number(third), Number(fourth)));
    }

    function read(value: unknown): unknown {
      if (!Array.isArray(value)) return value;
      const [kind, part] = value as [string, unknown];
      if (kind === "undefined") return undefined;
      if (kind === "bigint") return BigInt(String(part));
      if (kind === "number") return Number(part);
      const index = Number(part);
      return made.get(index) ?? make(index);
    }

    return read(head);
  }

  return { encode, decode };
}
