import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { registry } from "../registry.ts";

const PREFIX = "v11";
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Secrets under a key that lies in a folder of its own, as a keyring is no part of an app's data. */
export class SafeStorage {
  readonly #keyringDir: string;

  constructor(keyringDir: string) {
    this.#keyringDir = keyringDir;
  }

  isEncryptionAvailable(): boolean {
    return registry.machine.encryptionAvailable;
  }

  getSelectedStorageBackend(): "gnome_libsecret" | "basic_text" {
    return registry.machine.encryptionAvailable ? "gnome_libsecret" : "basic_text";
  }

  encryptString(plainText: string): Buffer {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv("aes-256-gcm", this.#key(), iv);
    const sealed = Buffer.concat([cipher.update(plainText, "utf8"), cipher.final()]);
    return Buffer.concat([Buffer.from(PREFIX), iv, cipher.getAuthTag(), sealed]);
  }

  decryptString(encrypted: Buffer): string {
    const sealed = encrypted.subarray(PREFIX.length);
    if (encrypted.subarray(0, PREFIX.length).toString() !== PREFIX) {
      throw new Error(
        "Error while decrypting the ciphertext provided to safeStorage.decryptString.",
      );
    }
    const decipher = createDecipheriv("aes-256-gcm", this.#key(), sealed.subarray(0, IV_BYTES));
    decipher.setAuthTag(sealed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    const rest = sealed.subarray(IV_BYTES + TAG_BYTES);
    return Buffer.concat([decipher.update(rest), decipher.final()]).toString("utf8");
  }

  async isAsyncEncryptionAvailable(): Promise<boolean> {
    return this.isEncryptionAvailable();
  }

  async encryptStringAsync(plainText: string): Promise<Buffer> {
    return this.encryptString(plainText);
  }

  async decryptStringAsync(
    encrypted: Buffer,
  ): Promise<{ result: string; shouldReEncrypt: boolean }> {
    return { result: this.decryptString(encrypted), shouldReEncrypt: false };
  }

  setUsePlainTextEncryption(_use: boolean): void {
    throw new Error("the stand-in does not encrypt with a key that everybody knows");
  }

  #key(): Buffer {
    if (!registry.machine.encryptionAvailable) {
      throw new Error(
        "Error while encrypting the text provided to safeStorage. Encryption is not available.",
      );
    }
    const file = join(this.#keyringDir, "key");
    if (!existsSync(file)) {
      mkdirSync(this.#keyringDir, { recursive: true });
      writeFileSync(file, randomBytes(32), { mode: 0o600 });
    }
    return readFileSync(file);
  }
}
