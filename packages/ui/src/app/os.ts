/** The system a browser runs on, as far as it says: for the names of keys. */
export function osOf(userAgent: string): "linux" | "macos" | "windows" | "other" {
  if (/Android|CrOS/.test(userAgent)) return "other";
  if (/Windows/.test(userAgent)) return "windows";
  if (/Mac OS X|iPhone|iPad/.test(userAgent)) return "macos";
  return userAgent.includes("Linux") ? "linux" : "other";
}
