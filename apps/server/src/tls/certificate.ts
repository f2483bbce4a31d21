import { readFileSync, unwatchFile, watchFile } from "node:fs";
import { createSecureContext } from "node:tls";
import { StartupError } from "../config/startup-error.ts";

export type CertificateFiles = { certFile: string; keyFile: string };
export type Certificate = { cert: string; key: string };

/** How often the files are looked at: certificates are renewed weeks before they end. */
const WATCH_INTERVAL_MS = 60_000;

function readPem(option: string, file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    throw new StartupError(`The file ${file} of ${option} cannot be read.`);
  }
}

/** Reads a certificate and its key. Throws a StartupError unless they are PEM and belong together. */
export function readCertificate(files: CertificateFiles): Certificate {
  const cert = readPem("--tls-cert", files.certFile);
  const key = readPem("--tls-key", files.keyFile);
  try {
    createSecureContext({ cert, key });
  } catch {
    throw new StartupError(
      `${files.certFile} and ${files.keyFile} are not a certificate and its unencrypted private key in PEM.`,
    );
  }
  return { cert, key };
}

/**
 * Takes up a renewed certificate without a restart. While the files do not fit together, as in the
 * middle of a renewal, the old one stays. Answers how to stop watching.
 */
export function watchCertificate(
  files: CertificateFiles,
  use: (certificate: Certificate) => void,
  report: (message: string, error?: unknown) => void,
  intervalMs = WATCH_INTERVAL_MS,
): () => void {
  const reload = () => {
    try {
      use(readCertificate(files));
      report("certificate reloaded");
    } catch (error) {
      report("the new certificate cannot be used; the old one stays", error);
    }
  };
  const paths = [files.certFile, files.keyFile];
  for (const path of paths) watchFile(path, { interval: intervalMs, persistent: false }, reload);
  return () => {
    for (const path of paths) unwatchFile(path, reload);
  };
}
