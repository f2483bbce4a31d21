import "../../kit/picker.css";
import type { Failure, Result } from "@parley/protocol/errors.ts";
import type { AccountId } from "@parley/protocol/ids.ts";
import type { Person } from "@parley/protocol/person.ts";
import { useMemo, useRef, useState } from "react";
import { errorText, t } from "../../i18n/i18n.ts";
import { Button } from "../../kit/Button.tsx";
import { Dialog } from "../../kit/Dialog.tsx";
import { Notice } from "../../kit/Notice.tsx";
import { PeoplePicker } from "../../kit/PeoplePicker.tsx";
import { PersonChips } from "../../kit/PersonChips.tsx";

export type AddMembersDialogProps = {
  known: readonly Person[];
  /** Members already. */
  present: ReadonlySet<AccountId>;
  search: (query: string) => Promise<Result<readonly Person[]>>;
  onAdd: (accountIds: readonly AccountId[]) => Promise<Result<unknown>>;
  onClose: () => void;
};

/** Pick people and add them to a group. */
export function AddMembersDialog({
  known,
  present,
  search,
  onAdd,
  onClose,
}: AddMembersDialogProps) {
  const field = useRef<HTMLInputElement>(null);
  const [people, setPeople] = useState<readonly Person[]>([]);
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<Failure | null>(null);
  const chosen = useMemo(() => new Set(people.map((person) => person.accountId)), [people]);

  function toggle(person: Person): void {
    setPeople((before) =>
      before.some((each) => each.accountId === person.accountId)
        ? before.filter((each) => each.accountId !== person.accountId)
        : [...before, person],
    );
  }

  async function add(): Promise<void> {
    setBusy(true);
    setFailed(null);
    const result = await onAdd(people.map((person) => person.accountId));
    setBusy(false);
    if (result.ok) onClose();
    else setFailed(result.error);
  }

  return (
    <Dialog
      open
      onClose={onClose}
      title={t("details.addTitle")}
      initialFocus={field}
      foot={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button
            kind="primary"
            busy={busy}
            disabled={people.length === 0}
            onClick={() => void add()}
          >
            {t("details.addSubmit", { count: people.length })}
          </Button>
        </>
      }
    >
      <div className="picker">
        <PersonChips people={people} onRemove={toggle} />
        <PeoplePicker
          searchRef={field}
          known={known}
          chosen={chosen}
          excluded={present}
          search={search}
          onChoose={toggle}
        />
        {failed !== null && (
          <div className="picker-notice">
            <Notice text={errorText(failed)} />
          </div>
        )}
      </div>
    </Dialog>
  );
}
