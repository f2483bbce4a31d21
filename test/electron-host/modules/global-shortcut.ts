import { registry } from "../registry.ts";

/** Key combinations that the app hears from anywhere. A test presses them. */
export class GlobalShortcut {
  register(accelerator: string, callback: () => void): boolean {
    if (registry.machine.takenShortcuts.includes(accelerator)) return false;
    if (registry.shortcuts.has(accelerator)) return false;
    registry.shortcuts.set(accelerator, callback);
    return true;
  }

  isRegistered(accelerator: string): boolean {
    return registry.shortcuts.has(accelerator);
  }

  unregister(accelerator: string): void {
    registry.shortcuts.delete(accelerator);
  }

  unregisterAll(): void {
    registry.shortcuts.clear();
  }
}
