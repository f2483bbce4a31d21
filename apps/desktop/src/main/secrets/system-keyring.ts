import type { SafeStorage } from "electron";
import type { Keyring } from "./secret-file.ts";

/** The system's keyring by Electron. Its fallback with a key that everybody knows counts as none. */
export function systemKeyring(safeStorage: SafeStorage, platform: NodeJS.Platform): Keyring {
  return {
    isAvailable: async () => {
      if (!(await safeStorage.isAsyncEncryptionAvailable())) return false;
      return platform !== "linux" || safeStorage.getSelectedStorageBackend() !== "basic_text";
    },
    encrypt: (secret) => safeStorage.encryptStringAsync(secret),
    decrypt: async (encrypted) => (await safeStorage.decryptStringAsync(encrypted)).result,
  };
}
