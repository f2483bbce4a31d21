import type { DeviceInfo } from "@parley/protocol/http/accounts.ts";

const BROWSERS: readonly [mark: RegExp, name: string][] = [
  [/Edg\//, "Edge"],
  [/OPR\//, "Opera"],
  [/Firefox\//, "Firefox"],
  [/Chrome\//, "Chrome"],
  [/Safari\//, "Safari"],
];
const SYSTEMS: readonly [mark: RegExp, name: string][] = [
  [/Android/, "Android"],
  [/iPhone|iPad/, "iOS"],
  [/Windows/, "Windows"],
  [/Mac OS X/, "macOS"],
  [/CrOS/, "ChromeOS"],
  [/Linux/, "Linux"],
];

function firstMatch(text: string, table: readonly [RegExp, string][]): string | undefined {
  return table.find(([mark]) => mark.test(text))?.[1];
}

/** S16: how this browser names itself in the list of devices, e.g. "Firefox on Linux". */
export function describeDevice(userAgent: string): DeviceInfo {
  const browser = firstMatch(userAgent, BROWSERS) ?? "Browser";
  const system = firstMatch(userAgent, SYSTEMS);
  return { name: system === undefined ? browser : `${browser} on ${system}`, platform: "web" };
}
