// Loaded only when a certificate has to be made, which is once in the life of a data folder: the
// library behind it is large, and brings a polyfill that nothing else needs.
import "reflect-metadata";
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type JsonGeneralNames,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";
import { randomBytes, webcrypto } from "node:crypto";
import type { CertifiedNames } from "./certified-names.ts";
import type { Certificate } from "./certificate.ts";

const DAY_MS = 86_400_000;
/** Devices remember the certificate, so that a new one is a nuisance: it lasts as long as a machine. */
const VALID_DAYS = 20 * 365;
/** Clocks of devices may be off by a day (S5). */
const BACKDATED_DAYS = 2;
const SERIAL_BYTES = 16;

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/** A positive number without a leading zero byte, as X.509 wants it. */
function serialNumber(): string {
  const bytes = randomBytes(SERIAL_BYTES);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString("hex");
}

/**
 * X1: makes a key (ECDSA P-256) and a certificate signed by itself, for these names and addresses,
 * valid for VALID_DAYS from `nowMs`. Both as PEM.
 */
export async function makeCertificate(names: CertifiedNames, nowMs: number): Promise<Certificate> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const alternatives: JsonGeneralNames = [
    ...names.dns.map((value) => ({ type: "dns" as const, value })),
    ...names.ip.map((value) => ({ type: "ip" as const, value })),
  ];
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: "CN=Parley server",
    notBefore: new Date(nowMs - BACKDATED_DAYS * DAY_MS),
    notAfter: new Date(nowMs + VALID_DAYS * DAY_MS),
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      // It vouches for nobody else, even where somebody tells a system to trust it.
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(alternatives),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  const key = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
  return {
    cert: `${certificate.toString("pem")}\n`,
    key: `${PemConverter.encode(key, "PRIVATE KEY")}\n`,
  };
}
