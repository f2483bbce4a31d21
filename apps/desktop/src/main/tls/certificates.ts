import { parseWith } from "@parley/client/connection/parse.ts";
import type { Log } from "@parley/client/connection/ports.ts";
import type { HostStore } from "@parley/client/session/ports.ts";
import { Fingerprint } from "@parley/protocol/bridge/contract.ts";
import { failure, type Failure, type Result, success } from "@parley/protocol/errors.ts";
import { z } from "zod";
import { decideCertificate, type KnownCertificate, type Shown } from "./certificate-decision.ts";

const PREFIX = "certificate:";

const Known = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("public") }),
  z.object({ kind: z.literal("pinned"), fingerprint: Fingerprint }),
]);

/** X1: what this device knows of the certificates of servers, by origin; kept over restarts. */
export class Certificates {
  readonly #store: HostStore;
  readonly #log: Log;
  #known: Promise<Map<string, KnownCertificate>> | undefined;
  /** What was refused in this run, so that only a certificate that was really shown can be taken. */
  readonly #refused = new Map<string, string>();

  constructor(store: HostStore, log: Log) {
    this.#store = store;
    this.#log = log;
  }

  /** Undefined: the certificate is taken. Otherwise why not, with the fingerprint to compare. */
  async judge(origin: string, shown: Shown): Promise<Failure | undefined> {
    const known = await this.#loaded();
    const verdict = decideCertificate(shown, known.get(origin));
    if (verdict.take) {
      if (verdict.remember) this.#remember(known, origin, verdict.remember);
      return undefined;
    }
    this.#refused.set(origin, shown.fingerprint);
    return failure(verdict.code, `The certificate of ${origin} was not taken.`, {
      fingerprint: shown.fingerprint,
    }).error;
  }

  /** The user compared the fingerprint that was refused last: from now on it is the one to expect. */
  async trust(origin: string, fingerprint: string): Promise<Result<Record<string, never>>> {
    if (this.#refused.get(origin) !== fingerprint) {
      return failure("invalid_request", "The server did not show this certificate.", {
        field: "fingerprint",
      });
    }
    const pinned = { kind: "pinned", fingerprint } as const;
    (await this.#loaded()).set(origin, pinned);
    await this.#store.put([[PREFIX + origin, pinned]]);
    this.#refused.delete(origin);
    return success({});
  }

  #remember(known: Map<string, KnownCertificate>, origin: string, value: KnownCertificate): void {
    known.set(origin, value);
    this.#store.put([[PREFIX + origin, value]]).catch((error: unknown) => {
      this.#log.warn("A certificate could not be remembered.", { error: String(error) });
    });
  }

  #loaded(): Promise<Map<string, KnownCertificate>> {
    this.#known ??= this.#load();
    return this.#known;
  }

  async #load(): Promise<Map<string, KnownCertificate>> {
    const known = new Map<string, KnownCertificate>();
    for (const [key, value] of await this.#store.list(PREFIX)) {
      const parsed = parseWith(Known, value);
      if (parsed.ok) known.set(key.slice(PREFIX.length), parsed.value);
    }
    return known;
  }
}
