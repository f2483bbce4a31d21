import { LIMITS } from "@parley/protocol/limits.ts";
import { Pencil } from "lucide-react";
import { type FormEvent, useState } from "react";
import { t } from "../../i18n/i18n.ts";
import { Button } from "../../kit/Button.tsx";
import { IconButton } from "../../kit/IconButton.tsx";
import { TextField } from "../../kit/TextField.tsx";

/** The group's name, and on demand the field to change it. */
export function RenameForm({
  title,
  onRename,
}: {
  title: string;
  onRename: (title: string) => Promise<boolean>;
}) {
  const [typed, setTyped] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  if (typed === null) {
    return (
      <span className="details-rename">
        <bdi className="details-name">{title}</bdi>
        <IconButton label={t("details.rename")} onClick={() => setTyped(title)}>
          <Pencil size={16} />
        </IconButton>
      </span>
    );
  }

  async function save(event: FormEvent): Promise<void> {
    event.preventDefault();
    const wanted = typed?.trim() ?? "";
    if (wanted === "") return;
    setBusy(true);
    const done = wanted === title || (await onRename(wanted));
    setBusy(false);
    if (done) setTyped(null);
  }

  return (
    <form className="details-rename-form" noValidate onSubmit={(event) => void save(event)}>
      <TextField
        label={t("newGroup.name")}
        value={typed}
        maxLength={LIMITS.titleUnits}
        autoFocus
        autoComplete="off"
        error={typed.trim() === "" ? t("newGroup.needName") : undefined}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          event.stopPropagation();
          setTyped(null);
        }}
      />
      <div className="details-rename-buttons">
        <Button onClick={() => setTyped(null)}>{t("common.cancel")}</Button>
        <Button type="submit" kind="primary" busy={busy}>
          {t("common.save")}
        </Button>
      </div>
    </form>
  );
}
