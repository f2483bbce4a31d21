import { createPrivateKey, X509Certificate } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeWhole } from "../backup/durable-files.ts";
import { StartupError, systemCode } from "../config/startup-error.ts";
import type { Certificate } from "./certificate.ts";
import { certifiedNames, thisMachine } from "./certified-names.ts";

/** Key and certificate in one file, so that a crash cannot leave one without the other. */
const FILE = "tls-self-made.pem";

/** A certificate of the server's own making, and what people compare it by. */
export type SelfMade = Certificate & {
  /** SHA-256 of the certificate: 32 pairs of hex digits with colons between them. */
  fingerprint: string;
};

/** Everything from one BEGIN to its END. */
function block(pem: string, label: string): string {
  const found = new RegExp(`-----BEGIN ${label}-----[^-]+-----END ${label}-----\n?`).exec(pem);
  if (found === null) throw new Error(`There is no ${label}.`);
  return found[0];
}

function parse(pem: string): SelfMade & { endsAtMs: number } {
  const cert = block(pem, "CERTIFICATE");
  const key = block(pem, "PRIVATE KEY");
  const parsed = new X509Certificate(cert);
  if (!parsed.checkPrivateKey(createPrivateKey(key))) throw new Error("They do not fit.");
  return { cert, key, fingerprint: parsed.fingerprint256, endsAtMs: parsed.validToDate.getTime() };
}

function read(file: string): (SelfMade & { endsAtMs: number }) | undefined {
  let pem: string;
  try {
    pem = readFileSync(file, "utf8");
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw new StartupError(`The certificate file ${file} cannot be read: change its permissions.`);
  }
  try {
    return parse(pem);
  } catch {
    throw new StartupError(
      `The certificate file ${file} is damaged: restore it from a backup, or delete it to have a new one made, which every device has to be told to trust again.`,
    );
  }
}

/**
 * X1: the certificate that the server made for itself, from `keysDir`, or made now and kept there.
 * It stays the same over restarts and when the machine's names change, because devices know it by
 * its fingerprint; only one that has ended is replaced. Throws a StartupError when the file is
 * damaged: a new one would look like an attack on every device.
 */
export async function loadSelfMade(
  keysDir: string,
  host: string,
  nowMs: number,
): Promise<SelfMade> {
  const file = join(keysDir, FILE);
  const kept = read(file);
  if (kept !== undefined && kept.endsAtMs > nowMs) return kept;
  const { makeCertificate } = await import("./make-certificate.ts");
  const made = await makeCertificate(certifiedNames(host, thisMachine()), nowMs);
  mkdirSync(keysDir, { recursive: true, mode: 0o700 });
  writeWhole(file, made.key + made.cert);
  return parse(made.key + made.cert);
}
