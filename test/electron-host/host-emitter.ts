import { EventEmitter } from "node:events";

import { OFFERED_EVENTS, type OfferedIn } from "./offered-events.ts";

// As the class itself declares it.
type Listener = Parameters<EventEmitter["on"]>[1];

/** An event of Electron's, with which a listener may say that the usual must not happen. */
export type HostEvent<Extra extends object = object> = Extra & {
  readonly defaultPrevented: boolean;
  preventDefault(): void;
};

export function makeEvent<Extra extends object>(extra: Extra): HostEvent<Extra> {
  let prevented = false;
  return {
    ...extra,
    get defaultPrevented() {
      return prevented;
    },
    preventDefault: () => {
      prevented = true;
    },
  };
}

/** An emitter that refuses listeners for events which the stand-in never fires. */
export class HostEmitter extends EventEmitter {
  readonly #kind: OfferedIn;

  constructor(kind: OfferedIn) {
    super();
    this.#kind = kind;
  }

  override on(name: string, listener: Listener): this {
    return super.on(this.#checked(name), listener);
  }

  override addListener(name: string, listener: Listener): this {
    return super.addListener(this.#checked(name), listener);
  }

  override once(name: string, listener: Listener): this {
    return super.once(this.#checked(name), listener);
  }

  #checked(name: string): string {
    const offered: readonly string[] = OFFERED_EVENTS[this.#kind];
    if (!offered.includes(name)) {
      throw new Error(`the stand-in has no event "${name}" of ${this.#kind}`);
    }
    return name;
  }
}
