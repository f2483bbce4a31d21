import { copyFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { connect } from "node:tls";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { TEST_CERTIFICATES } from "../testing/certificates.ts";
import { temporaryFolder, temporaryServer } from "../testing/temporary-server.ts";
import { readCertificate, watchCertificate } from "./certificate.ts";

const folder = temporaryFolder();
const pathOf = (name: string) => join(folder, name);
const files = { certFile: pathOf("cert.pem"), keyFile: pathOf("key.pem") };

/** Writes one of the test certificates and its key. */
function makeCertificate(name: keyof typeof TEST_CERTIFICATES) {
  const made = { certFile: pathOf(`${name}.cert.pem`), keyFile: pathOf(`${name}.key.pem`) };
  writeFileSync(made.certFile, TEST_CERTIFICATES[name].cert);
  writeFileSync(made.keyFile, TEST_CERTIFICATES[name].key);
  return made;
}

function install(from: { certFile: string; keyFile: string }): void {
  copyFileSync(from.certFile, files.certFile);
  copyFileSync(from.keyFile, files.keyFile);
}

/** The name on the certificate that a server shows. */
function shownName(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false }, () => {
      const name = socket.getPeerCertificate().subject.CN;
      resolve(String(name));
      socket.end();
    });
    socket.once("error", reject);
  });
}

function headersOf(port: number): Promise<{ status: number | undefined; hsts: unknown }> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { port, host: "127.0.0.1", path: "/health", rejectUnauthorized: false },
      (response) => {
        response.resume();
        const hsts = response.headers["strict-transport-security"];
        resolve({ status: response.statusCode, hsts });
      },
    );
    asked.once("error", reject).end();
  });
}

let first: ReturnType<typeof makeCertificate>;
let second: ReturnType<typeof makeCertificate>;
beforeAll(() => {
  first = makeCertificate("first");
  second = makeCertificate("second");
  install(first);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("X1: HTTPS with a given certificate", () => {
  test("X1: is served with HSTS, and plain HTTP is not", async () => {
    const server = await temporaryServer({ tls: files });
    expect(server.url).toBe(`https://127.0.0.1:${server.port}`);
    const { status, hsts } = await headersOf(server.port);
    expect([status, hsts]).toEqual([200, "max-age=31536000"]);
    await expect(fetch(`http://127.0.0.1:${server.port}/health`)).rejects.toThrow("fetch failed");
    expect(await shownName(server.port)).toBe("first");
    await server.close();
  });

  test("X1: files that are missing, no certificate, or do not belong together are refused", () => {
    const wrong = { certFile: first.certFile, keyFile: second.keyFile };
    expect(() => readCertificate(wrong)).toThrow("are not a certificate and its");
    writeFileSync(pathOf("text.pem"), "hello");
    expect(() => readCertificate({ ...first, certFile: pathOf("text.pem") })).toThrow("in PEM");
    expect(() => readCertificate({ ...first, keyFile: pathOf("none") })).toThrow(
      "of --tls-key cannot be read",
    );
  });

  test("X1: a renewed certificate is taken up without a restart, half a one is not", async () => {
    const used: string[] = [];
    const reports: string[] = [];
    const stop = watchCertificate(
      files,
      ({ cert }) => used.push(cert),
      (message) => reports.push(message),
      20,
    );
    copyFileSync(second.certFile, files.certFile);
    await vi.waitFor(() => {
      // The first look sets what later ones are compared with, and may come after the copy.
      utimesSync(files.certFile, new Date(), new Date());
      expect(reports).toContain("the new certificate cannot be used; the old one stays");
    }, 30_000);
    expect(used).toEqual([]);
    copyFileSync(second.keyFile, files.keyFile);
    await vi.waitFor(() => expect(used.at(-1)).toBe(readCertificate(second).cert), 30_000);
    stop();
  });
});
