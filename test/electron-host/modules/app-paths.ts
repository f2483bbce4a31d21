import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** Folders by Electron's names for them. */
export class AppPaths {
  readonly #paths = new Map<string, string>();

  constructor(appName: string, userDataDir: string | undefined) {
    const home = homedir();
    const appData = process.env["XDG_CONFIG_HOME"] ?? join(home, ".config");
    const known = {
      home,
      appData,
      temp: tmpdir(),
      exe: process.execPath,
      module: process.execPath,
    };
    for (const [name, path] of Object.entries(known)) this.#paths.set(name, path);
    this.#paths.set("userData", userDataDir ?? join(appData, appName));
    for (const name of ["desktop", "documents", "downloads", "music", "pictures", "videos"]) {
      this.#paths.set(name, join(home, name[0]?.toUpperCase() + name.slice(1)));
    }
  }

  get(name: string): string {
    const path = this.#paths.get(name);
    if (path !== undefined) return path;
    if (name === "sessionData") return this.get("userData");
    if (name === "logs") return join(this.get("userData"), "logs");
    if (name === "crashDumps") return join(this.get("userData"), "Crashpad");
    if (name === "assets") return dirname(process.execPath);
    throw new Error(`Failed to get '${name}' path`);
  }

  set(name: string, path: string): void {
    this.#paths.set(name, path);
  }
}
