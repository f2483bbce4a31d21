/**
 * What main gets to see of the stand-in: objects that throw when something is asked of them that the
 * stand-in does not have, instead of answering `undefined` where Electron would do something.
 */

/** Asked for by the language, by loggers and by test tools, on any object. */
const TOLERATED = new Set(["then", "toJSON", "asymmetricMatch", "nodeType", "$$typeof", "default"]);

const facades = new WeakMap<object, object>();
const originals = new WeakMap<object, object>();
const strictClasses = new WeakSet<object>();

/** The strict view of an object: one and the same for each object. */
export function facade<T extends object>(target: T, name: string): T {
  const known = facades.get(target);
  if (known) return known as T;
  const bound = new Map<unknown, unknown>();
  const made: T = new Proxy(target, {
    get(object, property) {
      if (!(property in object)) return missing(name, property);
      const value: unknown = Reflect.get(object, property, object);
      if (typeof value !== "function" || isClass(value)) return value;
      const kept = bound.get(value);
      if (kept) return kept;
      const method = (...args: unknown[]): unknown => {
        const result: unknown = Reflect.apply(value, object, args);
        return result === object ? made : result;
      };
      bound.set(value, method);
      return method;
    },
    set(object, property, value) {
      if (!(property in object)) missing(name, property);
      return Reflect.set(object, property, value, object);
    },
  });
  facades.set(target, made);
  originals.set(made, target);
  return made;
}

/**
 * A class whose instances, and whose own members, are strict.
 *
 * @param hidden statics by which the stand-in itself uses the class; main does not see them
 */
export function strictClass<T extends abstract new (...args: never[]) => object>(
  Class: T,
  name: string,
  hidden: readonly string[] = [],
): T {
  const made: T = new Proxy(Class, {
    construct: (target, args: never[]) => facade(Reflect.construct(target, args) as object, name),
    get: (target, property): unknown =>
      property in target && !hidden.includes(String(property))
        ? Reflect.get(target, property, target)
        : missing(name, property),
  });
  strictClasses.add(made);
  return made;
}

/** The object behind a strict view. */
export function original<T extends object>(shown: T): T {
  return (originals.get(shown) as T | undefined) ?? shown;
}

function missing(name: string, property: string | symbol): undefined {
  if (typeof property === "symbol" || TOLERATED.has(property)) return undefined;
  throw new Error(`the stand-in has no ${name}.${property}`);
}

function isClass(value: object): boolean {
  return strictClasses.has(value) || /^class\b/.test(Function.prototype.toString.call(value));
}
