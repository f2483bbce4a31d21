import { X509Certificate } from "node:crypto";
import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { connect, type PeerCertificate } from "node:tls";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { runToEnd, startProgram } from "../testing/server-process.ts";
import { temporaryFolder } from "../testing/temporary-server.ts";
import { certifiedNames } from "./certified-names.ts";
import { loadSelfMade } from "./self-made.ts";

// Processes one after the other, which a busy machine starts slowly.
vi.setConfig({ testTimeout: 60_000 });

let dataDir: string;
beforeEach(() => {
  dataDir = temporaryFolder();
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const pemFile = () => join(dataDir, "keys/tls-self-made.pem");
const START_MS = Date.UTC(2026, 0, 1);
const YEAR_MS = 365 * 86_400_000;

/** What a client sees of the server before it trusts anything. */
function peer(port: number): Promise<PeerCertificate> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate());
      socket.end();
    });
    socket.once("error", reject);
  });
}

/** Asks over TLS that is checked in full, with one certificate trusted; by address unless named. */
function ask(port: number, trusted: string, servername?: string) {
  return new Promise<{ status: number | undefined; hsts: unknown }>((resolve, reject) => {
    const asked = request(
      { port, host: "127.0.0.1", path: "/health", ca: trusted, ...(servername && { servername }) },
      (response) => {
        response.resume();
        const hsts = response.headers["strict-transport-security"];
        resolve({ status: response.statusCode, hsts });
      },
    );
    asked.once("error", reject).end();
  });
}

async function start() {
  const program = await startProgram(["--port=0", `--data-dir=${dataDir}`, "--tls-self-signed"]);
  const printed = /^Fingerprint \(SHA-256\): ((?:[0-9A-F]{2}:){31}[0-9A-F]{2})$/m;
  return { ...program, fingerprint: printed.exec(program.output().stdout)?.[1] };
}

async function stop(program: Awaited<ReturnType<typeof start>>): Promise<void> {
  program.child.send({ type: "shutdown" });
  expect((await program.ended).code).toBe(0);
}

describe("X1: a certificate of the server's own making", () => {
  test("X1, V25: the fingerprint printed is the one served, and a restart keeps it", async () => {
    const first = await start();
    expect(first.url).toBe(`https://127.0.0.1:${first.port}`);
    expect(first.fingerprint).toBeDefined();
    expect((await peer(first.port)).fingerprint256).toBe(first.fingerprint);
    await expect(fetch(`http://127.0.0.1:${first.port}/health`)).rejects.toThrow("fetch failed");
    await stop(first);
    const second = await start();
    expect(second.fingerprint).toBe(first.fingerprint);
    expect((await peer(second.port)).fingerprint256).toBe(first.fingerprint);
    await stop(second);
  });

  test("V25: a client that trusts it accepts name and address, and is not bound to HTTPS for good", async () => {
    const program = await start();
    const trusted = readFileSync(pemFile(), "utf8");
    for (const name of [undefined, "localhost"]) {
      expect(await ask(program.port, trusted, name)).toEqual({ status: 200, hsts: undefined });
    }
    await expect(ask(program.port, trusted, "elsewhere.example")).rejects.toThrow("altnames");
    await stop(program);
  });

  test("V25: is ECDSA P-256, long-lived, no authority, and its key is for its user alone", async () => {
    const { cert, key, fingerprint } = await loadSelfMade(
      join(dataDir, "keys"),
      "chat.home.example",
      START_MS,
    );
    const made = new X509Certificate(cert);
    expect(made.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: "prime256v1" });
    expect(made.ca).toBe(false);
    expect(made.verify(made.publicKey)).toBe(true);
    expect(made.checkHost("chat.home.example")).toBeDefined();
    expect(made.checkIP("::1")).toBeDefined();
    expect(made.validFromDate.getTime()).toBeLessThan(START_MS - 86_400_000);
    expect(made.validToDate.getTime()).toBeGreaterThan(START_MS + 19 * YEAR_MS);
    expect([cert, key].every((part) => readFileSync(pemFile(), "utf8").includes(part))).toBe(true);
    expect(fingerprint).toBe(made.fingerprint256);
    if (process.platform !== "win32") expect(statSync(pemFile()).mode & 0o077).toBe(0);
  });

  test("V25: other names leave it as it is; only one that has ended is replaced", async () => {
    const keys = join(dataDir, "keys");
    const first = await loadSelfMade(keys, "127.0.0.1", START_MS);
    expect(await loadSelfMade(keys, "elsewhere.example", START_MS + 10 * YEAR_MS)).toEqual(first);
    const renewed = await loadSelfMade(keys, "127.0.0.1", START_MS + 30 * YEAR_MS);
    expect(renewed.fingerprint).not.toBe(first.fingerprint);
    expect(await loadSelfMade(keys, "127.0.0.1", START_MS + 31 * YEAR_MS)).toEqual(renewed);
  });

  test("V25: a damaged one is told and never silently replaced", async () => {
    const first = await loadSelfMade(join(dataDir, "keys"), "127.0.0.1", Date.now());
    const other = await loadSelfMade(join(dataDir, "other"), "127.0.0.1", Date.now());
    for (const damaged of ["nothing", first.cert, first.key, other.key + first.cert]) {
      writeFileSync(pemFile(), damaged);
      await expect(loadSelfMade(join(dataDir, "keys"), "127.0.0.1", 0)).rejects.toThrow(
        /is damaged: restore it from a backup, or delete it/,
      );
      expect(readFileSync(pemFile(), "utf8")).toBe(damaged);
    }
    const ended = await runToEnd(["--port=0", `--data-dir=${dataDir}`, "--tls-self-signed"]);
    expect(ended).toMatchObject({ code: 1, stdout: "" });
    expect(ended.stderr).toMatch(/^parley-server: The certificate file [^\n]+\n$/);
  });

  test("names what people may call the machine, and nothing that no certificate can name", () => {
    const addresses = ["127.0.0.1", "192.168.1.5", "fe80::1", "fd00::5", "::1"];
    expect(certifiedNames("0.0.0.0", { name: "Attic", addresses })).toEqual({
      dns: ["localhost", "attic", "attic.local"],
      ip: ["127.0.0.1", "::1", "192.168.1.5", "fd00::5"],
    });
    const named = certifiedNames("chat.example", { name: "söder", addresses: [] });
    expect(named.dns).toEqual(["localhost", "chat.example"]);
    expect(certifiedNames("::", { name: "a.example", addresses: [] }).dns).toEqual([
      "localhost",
      "a.example",
    ]);
  });
});
