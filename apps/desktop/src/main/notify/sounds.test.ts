import { expect, test } from "vitest";
import { soundOf } from "./sounds.ts";

test("V51: a sound that this kind of system does not know is its usual one", () => {
  expect(soundOf("message-new-instant", "linux")).toBe("message-new-instant");
  expect(soundOf("bell", "linux")).toBe("bell");
  expect(soundOf("Glass", "linux")).toBeUndefined();
  expect(soundOf("../../bell", "linux")).toBeUndefined();
  expect(soundOf("Glass", "macos")).toBe("Glass");
  expect(soundOf("bell", "macos")).toBeUndefined();
  expect(soundOf(undefined, "linux")).toBeUndefined();
});
