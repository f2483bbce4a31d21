import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { type connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawnSync } from "node:child_process";

export type SecondInstance = { argv: string[]; cwd: string; additionalData: unknown };

/** One lock per data folder, over processes: its holder hears what later instances were started with. */
export class SingleInstance {
  readonly #address: string;
  #server: Server | undefined;

  constructor(dataDir: string) {
    const name = `parley-stand-in-${createHash("sha256").update(dataDir).digest("hex").slice(0, 16)}`;
    this.#address =
      process.platform === "win32" ? `\\\\.\\pipe\\${name}` : join(tmpdir(), `${name}.sock`);
  }

  get isHeld(): boolean {
    return this.#server !== undefined;
  }

  /** Electron's call answers at once, so the question to the other process is asked in a third one. */
  request(own: SecondInstance, second: (instance: SecondInstance) => void): boolean {
    if (this.isHeld) return true;
    if (tellHolder(this.#address, own)) return false;
    // Left behind by a process that was killed.
    if (process.platform !== "win32") rmSync(this.#address, { force: true });
    this.#server = createServer((socket) => {
      let text = "";
      socket.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      socket.on("end", () => {
        socket.end("ok");
        second(JSON.parse(text) as SecondInstance);
      });
    }).listen(this.#address);
    this.#server.unref();
    return true;
  }

  release(): void {
    this.#server?.close();
    this.#server = undefined;
  }
}

function tellHolder(address: string, instance: SecondInstance): boolean {
  const script = `(${tell.toString()})(require("node:net").connect, ${JSON.stringify(address)}, ${JSON.stringify(JSON.stringify(instance))})`;
  return spawnSync(process.execPath, ["-e", script], { stdio: "ignore" }).status === 0;
}

function tell(open: typeof connect, address: string, text: string): void {
  const socket = open(address, () => socket.end(text));
  socket.on("error", () => process.exit(1));
  socket.on("close", () => process.exit(0));
  socket.resume();
}
