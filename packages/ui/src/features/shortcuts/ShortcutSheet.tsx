import { t } from "../../i18n/i18n.ts";
import { Dialog } from "../../kit/Dialog.tsx";
import type { KeyNames } from "../../state/keys.ts";
import { ShortcutList } from "./ShortcutList.tsx";

/** The sheet of all keys, opened by "?". */
export function ShortcutSheet({
  open,
  keys,
  onClose,
}: {
  open: boolean;
  keys: KeyNames;
  onClose: () => void;
}) {
  return (
    <Dialog open={open} onClose={onClose} title={t("shortcuts.title")} size="l">
      <div className="dialog-body" tabIndex={0} role="group" aria-label={t("shortcuts.title")}>
        <ShortcutList keys={keys} />
      </div>
    </Dialog>
  );
}
