/**
 * V51: the sound of a notice by its name, as a system knows it; undefined: its usual one. A chat's sound is
 * the same on all devices of an account, and each kind of system has names of its own: macOS calls them
 * `Glass`, the Sound Naming Specification of Linux `message-new-instant`. What another one was asked for is
 * heard as the usual sound, never as none.
 */
export function soundOf(name: string | undefined, system: "linux" | "macos"): string | undefined {
  const known = system === "macos" ? /^[A-Z][A-Za-z ]*$/ : /^[a-z]+(?:-[a-z]+)*$/;
  return name !== undefined && known.test(name) ? name : undefined;
}
