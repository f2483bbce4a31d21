import { t } from "../../i18n/i18n.ts";
import { Dialog } from "../../kit/Dialog.tsx";
import { ShortcutList, type ShortcutListProps } from "./ShortcutList.tsx";

/** The sheet of all keys, opened by "?". */
export function ShortcutSheet({
  open,
  onClose,
  ...list
}: ShortcutListProps & {
  open: boolean;
  onClose: () => void;
}) {
  return (
    <Dialog open={open} onClose={onClose} title={t("shortcuts.title")} size="l">
      <div className="dialog-body" tabIndex={0} role="group" aria-label={t("shortcuts.title")}>
        <ShortcutList {...list} />
      </div>
    </Dialog>
  );
}
