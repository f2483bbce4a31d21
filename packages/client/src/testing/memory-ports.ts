import { failure, type Result } from "@parley/protocol/errors.ts";
import type {
  Cancel,
  HttpPort,
  HttpRequest,
  HttpResponse,
  Log,
  NetworkEvents,
  PowerEvents,
} from "../connection/ports.ts";
import type { SecretStore } from "../connection/token-keeper.ts";
import type { HostStore } from "../session/ports.ts";

/** Hints that a test raises itself. */
export class FakeHints implements PowerEvents, NetworkEvents {
  readonly #wake = new Set<() => void>();
  readonly #change = new Set<(online: boolean) => void>();

  get listenerCount(): number {
    return this.#wake.size + this.#change.size;
  }

  onWake(listener: () => void): Cancel {
    this.#wake.add(listener);
    return () => this.#wake.delete(listener);
  }

  onChange(listener: (online: boolean) => void): Cancel {
    this.#change.add(listener);
    return () => this.#change.delete(listener);
  }

  wake(): void {
    for (const listener of this.#wake) listener();
  }

  setOnline(online: boolean): void {
    for (const listener of this.#change) listener(online);
  }
}

/** Keeps what was logged, so that a test can look. */
export class MemoryLog implements Log {
  readonly lines: { message: string; details: Record<string, unknown> | undefined }[] = [];

  warn(message: string, details?: Record<string, unknown>): void {
    this.lines.push({ message, details });
  }
}

/** HTTP answered by a function. */
export class FakeHttp implements HttpPort {
  readonly requests: HttpRequest[] = [];
  isUp = true;
  answer: (request: HttpRequest) => Promise<Result<HttpResponse>> | Result<HttpResponse>;

  constructor(
    answer: (request: HttpRequest) => Promise<Result<HttpResponse>> | Result<HttpResponse>,
  ) {
    this.answer = answer;
  }

  async send(request: HttpRequest): Promise<Result<HttpResponse>> {
    this.requests.push(structuredClone(request));
    if (!this.isUp) return failure("server_unreachable", "The fake network is down.");
    return this.answer(structuredClone(request));
  }
}

export class MemorySecrets implements SecretStore {
  readonly secrets = new Map<string, string>();

  get(name: string): Promise<string | undefined> {
    return Promise.resolve(this.secrets.get(name));
  }

  set(name: string, secret: string): Promise<void> {
    this.secrets.set(name, secret);
    return Promise.resolve();
  }

  delete(name: string): Promise<void> {
    this.secrets.delete(name);
    return Promise.resolve();
  }
}

/** The host's store, in memory. It outlives hosts, as a disk does. */
export class MemoryHostStore implements HostStore {
  readonly entries = new Map<string, unknown>();

  list(prefix: string): Promise<[string, unknown][]> {
    const found = [...this.entries].filter(([key]) => key.startsWith(prefix));
    return Promise.resolve(structuredClone(found));
  }

  put(entries: readonly (readonly [string, unknown])[]): Promise<void> {
    for (const [key, value] of entries) this.entries.set(key, structuredClone(value));
    return Promise.resolve();
  }

  deleteAll(prefix: string): Promise<void> {
    for (const key of this.entries.keys()) if (key.startsWith(prefix)) this.entries.delete(key);
    return Promise.resolve();
  }
}
