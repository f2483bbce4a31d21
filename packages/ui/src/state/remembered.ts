import type { z } from "zod";

/** Small things this device remembers between starts. The browser's localStorage, or a map in tests. */
export type Memory = Pick<Storage, "getItem" | "setItem">;

/** What a window remembers of itself begins so; all else is the device's, the same in every window. */
export const WINDOW_KEYS = { view: "parley.view.", places: "parley.places." } as const;

function isOfWindow(key: string): boolean {
  return Object.values(WINDOW_KEYS).some((start) => key.startsWith(start));
}

/** The memory of a window that goes by a name: it has its own of what a window remembers of itself. */
export function memoryOfWindow(memory: Memory, windowName: string): Memory {
  const named = (key: string): string => (isOfWindow(key) ? `${windowName}/${key}` : key);
  return {
    getItem: (key) => memory.getItem(named(key)),
    setItem: (key, value) => memory.setItem(named(key), value),
  };
}

/** Forgets what the main window remembers of itself: which chats were open, and where they were left. */
export function forgetWindow(memory: Memory & Partial<Pick<Storage, "key" | "length">>): void {
  const keys = Array.from({ length: memory.length ?? 0 }, (_, nth) => memory.key?.(nth) ?? "");
  for (const key of keys) if (isOfWindow(key)) memory.setItem(key, "null");
}

/** A memory that forgets: where the browser refuses storage, the app works all the same. */
export function forgetfulMemory(): Memory {
  const values = new Map<string, string>();
  return {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => {
      values.set(key, value);
    },
  };
}

/** The browser's memory if it may be used. Access alone may throw when storage is blocked. */
export function browserMemory(): Memory {
  try {
    const { localStorage } = globalThis;
    localStorage.getItem("parley");
    return localStorage;
  } catch {
    return forgetfulMemory();
  }
}

/** Reads a remembered value; what is missing, damaged or of another version is the fallback. */
export function recall<T>(memory: Memory, key: string, schema: z.ZodType<T>, fallback: T): T {
  const text = memory.getItem(key);
  if (text === null) return fallback;
  try {
    const parsed = schema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : fallback;
  } catch {
    return fallback;
  }
}

/** Remembers a value. A full storage costs the memory of it, nothing else. */
export function remember(memory: Memory, key: string, value: unknown): void {
  try {
    memory.setItem(key, JSON.stringify(value));
  } catch {
    // Only comfort is lost: panes and widths start anew next time.
  }
}
