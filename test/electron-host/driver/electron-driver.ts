import type { Desktop, DesktopOptions } from "./desktop.ts";

export async function startInElectron(
  _options: DesktopOptions & { appDir: string },
): Promise<Desktop> {
  throw new Error("not yet");
}
