import { useState } from "react";
import { z } from "zod";
import { t } from "../i18n/i18n.ts";
import { Button } from "../kit/Button.tsx";
import { Dialog } from "../kit/Dialog.tsx";
import { Notice } from "../kit/Notice.tsx";
import { recall, remember } from "../state/remembered.ts";
import { useScope } from "./context.ts";
import { useShell } from "./use-shell.ts";

const KEY = "parley.plain-secrets-shown";

/** X2: says once that this device keeps the sign-in without a keyring. */
export function SecretsWarning() {
  const { memory } = useScope();
  const [shell] = useShell();
  const [seen, setSeen] = useState(() => recall(memory, KEY, z.boolean(), false));
  const close = (): void => {
    remember(memory, KEY, true);
    setSeen(true);
  };
  return (
    <Dialog
      open={shell?.secrets === "plain" && !seen}
      onClose={close}
      title={t("secrets.title")}
      size="s"
      foot={
        <Button kind="primary" onClick={close}>
          {t("secrets.understood")}
        </Button>
      }
    >
      <div className="dialog-body">
        <p className="dialog-text">{t("secrets.text")}</p>
        <Notice text={t("secrets.hint")} />
      </div>
    </Dialog>
  );
}
