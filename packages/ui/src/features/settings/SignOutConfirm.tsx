import type { Result } from "@parley/protocol/errors.ts";
import { useState } from "react";
import { errorText, t } from "../../i18n/i18n.ts";
import { Confirm } from "../../kit/Confirm.tsx";

export type SignOutConfirmProps = {
  /** Null while it is closed. */
  asking: "here" | "everywhere" | null;
  /** Which of several accounts. */
  name?: string;
  /** Messages that signing out would lose. */
  waiting: number;
  onSignOut: (everywhere: boolean) => Promise<Result<unknown>>;
  onClose: () => void;
};

/** Asks before an account leaves this device, or all of them, and says what would be lost. */
export function SignOutConfirm({ asking, name, waiting, onSignOut, onClose }: SignOutConfirmProps) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const everywhere = asking === "everywhere";

  async function signOut(): Promise<void> {
    setBusy(true);
    setError(undefined);
    const result = await onSignOut(everywhere);
    setBusy(false);
    if (result.ok) onClose();
    else setError(errorText(result.error));
  }

  return (
    <Confirm
      open={asking !== null}
      title={
        name === undefined ? t("settings.signOutTitle") : t("settings.signOutTitleOf", { name })
      }
      text={everywhere ? t("settings.signOutEverywhereHint") : t("settings.signOutText")}
      {...(waiting > 0 && { warning: t("settings.signOutWaiting", { count: waiting }) })}
      {...(error !== undefined && { error })}
      action={everywhere ? t("settings.signOutEverywhere") : t("settings.signOut")}
      danger
      busy={busy}
      onConfirm={() => void signOut()}
      onClose={onClose}
    />
  );
}
