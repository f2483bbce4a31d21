import { useEffect, useState } from "react";

const EVERY_MS = 2_000;

/**
 * What the app takes on this device, in bytes, as the browser estimates it; null where it does not
 * tell, and while it is not wanted. Followed while it is.
 */
export function useUsedBytes(isWanted: boolean): number | null {
  const [usedBytes, setUsedBytes] = useState<number | null>(null);
  useEffect(() => {
    // Not in every browser, and only on a safe origin.
    const storage: Partial<StorageManager> | undefined = navigator.storage;
    if (!isWanted || storage?.estimate === undefined) return;
    let current = true;
    const ask = async (): Promise<void> => {
      const usage = await navigator.storage.estimate().then(
        (estimate) => estimate.usage ?? null,
        () => null,
      );
      if (current) setUsedBytes(usage);
    };
    void ask();
    const timer = setInterval(() => void ask(), EVERY_MS);
    return () => {
      current = false;
      clearInterval(timer);
    };
  }, [isWanted]);
  return usedBytes;
}
