/** Switches of the command line, and those that the app adds. */
export class CommandLine {
  readonly #switches = new Map<string, string>();

  constructor(argv: readonly string[]) {
    for (const arg of argv) {
      const [, name, value = ""] = /^--([^=]+)(?:=(.*))?$/s.exec(arg) ?? [];
      if (name !== undefined) this.#switches.set(name, value);
    }
  }

  hasSwitch(name: string): boolean {
    return this.#switches.has(name);
  }

  getSwitchValue(name: string): string {
    return this.#switches.get(name) ?? "";
  }

  appendSwitch(name: string, value = ""): void {
    this.#switches.set(name, value);
  }

  removeSwitch(name: string): void {
    this.#switches.delete(name);
  }

  appendArgument(_value: string): void {
    // Arguments that are no switches mean nothing to the browser.
  }
}
