/** What this device knows of the certificate of a server. */
export type KnownCertificate =
  /** One that an authority vouches for was seen. */
  | { kind: "public" }
  /** The user compared this one and took it. */
  | { kind: "pinned"; fingerprint: string };

export type Shown = {
  /** Whether an authority that the system trusts vouches for it, for this host and today. */
  isVouchedFor: boolean;
  /** SHA-256 of the certificate. */
  fingerprint: string;
};

export type Verdict =
  | { take: true; remember: KnownCertificate | undefined }
  | { take: false; code: "certificate_untrusted" | "certificate_changed" };

/**
 * X1: whether a server's certificate is taken. One that an authority vouches for always is. Any other
 * is shown to the user to compare the first time, and has to be the very same from then on.
 */
export function decideCertificate(shown: Shown, known: KnownCertificate | undefined): Verdict {
  if (shown.isVouchedFor) {
    return { take: true, remember: known === undefined ? { kind: "public" } : undefined };
  }
  if (known === undefined) return { take: false, code: "certificate_untrusted" };
  if (known.kind === "pinned" && known.fingerprint === shown.fingerprint) {
    return { take: true, remember: undefined };
  }
  return { take: false, code: "certificate_changed" };
}
