import type { Person } from "@parley/protocol/person.ts";
import { useState } from "react";
import { errorText, t } from "../i18n/i18n.ts";
import { Confirm } from "../kit/Confirm.tsx";
import { useScope } from "./context.ts";

/** Asks before somebody is blocked (V33). */
export function BlockPerson({ person, onClose }: { person: Person | null; onClose: () => void }) {
  const { session } = useScope();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  // The name stays while the dialog goes.
  const [shown, setShown] = useState(person);
  if (person !== null && person !== shown) {
    setShown(person);
    setError(undefined);
  }
  const name = shown?.name ?? "";

  async function confirm(): Promise<void> {
    if (person === null) return;
    setBusy(true);
    const result = await session.blockAccount(person.accountId);
    setBusy(false);
    if (result.ok) onClose();
    else setError(errorText(result.error));
  }

  return (
    <Confirm
      open={person !== null}
      title={t("block.title", { name })}
      text={t("block.text", { name })}
      action={t("block.action")}
      danger
      busy={busy}
      {...(error !== undefined && { error })}
      onConfirm={() => void confirm()}
      onClose={onClose}
    />
  );
}
