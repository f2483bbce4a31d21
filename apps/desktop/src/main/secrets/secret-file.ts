import { parseWith } from "@parley/client/connection/parse.ts";
import type { Log } from "@parley/client/connection/ports.ts";
import type { SecretStore } from "@parley/client/connection/token-keeper.ts";
import { z } from "zod";
import type { JsonFile } from "../session/json-file.ts";

/** The system's keyring, as far as the app uses it. */
export type Keyring = {
  /** Whether what it encrypts is out of reach of whoever copies the file. */
  isAvailable(): Promise<boolean>;
  encrypt(secret: string): Promise<Buffer>;
  /** Throws where another key is in use now. */
  decrypt(encrypted: Buffer): Promise<string>;
};

/** As it stands in the file. */
const Kept = z.union([z.object({ encrypted: z.base64() }), z.object({ plain: z.string() })]);

/**
 * X2: refresh tokens in a file that only this user can read, encrypted by the system's keyring. Where
 * there is none they lie there as they are, which `kind` says and the app shows. One that cannot be
 * decrypted any more (another keyring) counts as absent: signing in again is all it takes.
 */
export class SecretFile implements SecretStore {
  readonly #file: JsonFile;
  readonly #keyring: Keyring;
  readonly #log: Log;

  constructor(file: JsonFile, keyring: Keyring, log: Log) {
    this.#file = file;
    this.#keyring = keyring;
    this.#log = log;
  }

  /** How secrets are kept from now on. */
  async kind(): Promise<"encrypted" | "plain"> {
    try {
      return (await this.#keyring.isAvailable()) ? "encrypted" : "plain";
    } catch (error) {
      this.#log.warn("The keyring did not answer.", { error: String(error) });
      return "plain";
    }
  }

  async get(name: string): Promise<string | undefined> {
    const kept = parseWith(Kept, (await this.#file.entries()).get(name));
    if (!kept.ok) return undefined;
    if ("plain" in kept.value) return kept.value.plain;
    try {
      return await this.#keyring.decrypt(Buffer.from(kept.value.encrypted, "base64"));
    } catch (error) {
      this.#log.warn("A secret could not be decrypted.", { error: String(error) });
      return undefined;
    }
  }

  async set(name: string, secret: string): Promise<void> {
    const isEncrypted = (await this.kind()) === "encrypted";
    const kept: z.infer<typeof Kept> = isEncrypted
      ? { encrypted: (await this.#keyring.encrypt(secret)).toString("base64") }
      : { plain: secret };
    await this.#file.change((entries) => entries.set(name, kept));
  }

  delete(name: string): Promise<void> {
    return this.#file.change((entries) => entries.delete(name));
  }
}
