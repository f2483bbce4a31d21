import { ShieldAlert } from "lucide-react";
import { useState } from "react";
import type { Result } from "@parley/protocol/errors.ts";
import { errorText, t } from "../../i18n/i18n.ts";
import { Button } from "../../kit/Button.tsx";

export type CertificatePanelProps = {
  /** Whether this device knew another one of this server. */
  changed: boolean;
  fingerprint: string;
  onTrust: () => Promise<Result<unknown>>;
};

/** X1: the fingerprint of a certificate that nobody vouches for, to compare with what the server printed. */
export function CertificatePanel({ changed, fingerprint, onTrust }: CertificatePanelProps) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);

  async function trust(): Promise<void> {
    setBusy(true);
    const result = await onTrust();
    setBusy(false);
    setError(result.ok ? null : errorText(result.error));
  }

  return (
    <section className="certificate" aria-label={t("certificate.label")}>
      <p className="certificate-title">
        <ShieldAlert size={18} aria-hidden="true" />
        <b>{changed ? t("certificate.changedTitle") : t("certificate.title")}</b>
      </p>
      <p>{changed ? t("certificate.changedText") : t("certificate.text")}</p>
      <code className="certificate-print" translate="no">
        {fingerprint}
      </code>
      {error !== null && <p role="alert">{error}</p>}
      <Button busy={busy} kind={changed ? "danger" : "quiet"} onClick={() => void trust()}>
        {t("certificate.trust")}
      </Button>
    </section>
  );
}
