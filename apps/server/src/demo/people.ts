import type { DemoPerson } from "./demo-types.ts";

/** A small architecture office, the people it builds for and with, and some friends. */
export const DEMO_PEOPLE: readonly DemoPerson[] = [
  { handle: "mara", name: "Mara Lindqvist", device: { name: "Mara's laptop", platform: "macos" } },
  { handle: "tomas", name: "Tomás Ferreira", device: { name: "Site tablet", platform: "windows" } },
  { handle: "aisha", name: "Aisha Rahman", device: { name: "Aisha's desk", platform: "linux" } },
  { handle: "priya", name: "Priya Nair", device: { name: "MacBook", platform: "macos" } },
  { handle: "kenji", name: "Kenji Sato 佐藤", device: { name: "Render box", platform: "linux" } },
  { handle: "noa", name: "Noa Ben-David", device: { name: "Noa's laptop", platform: "windows" } },
  { handle: "jonas", name: "Jonas Keller", device: { name: "CAD 2", platform: "windows" } },
  { handle: "daniel", name: "Daniel Okafor", device: { name: "Office PC", platform: "windows" } },
  { handle: "grete", name: "Grete Holm", device: { name: "Firefox", platform: "web" } },
  { handle: "omar", name: "Omar Haddad", device: { name: "Workshop", platform: "windows" } },
  { handle: "ben", name: "Ben Whitaker", device: { name: "Chrome", platform: "web" } },
  { handle: "sofie", name: "Sofie Lindqvist", device: { name: "Sofie's Mac", platform: "macos" } },
  { handle: "lucia", name: "Lúcia Ferreira", device: { name: "Padaria", platform: "windows" } },
];

/**
 * Whose passwords are told, so that somebody can look at the demo from two sides. They are public:
 * where others can reach the server, random ones take their place.
 */
export const DEMO_SIGN_INS = [
  { handle: "mara", password: "blue-door-14" },
  { handle: "tomas", password: "long-level-3" },
] as const;
