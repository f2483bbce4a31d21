import "../../kit/picker.css";
import type { Failure, Result } from "@parley/protocol/errors.ts";
import type { AccountId } from "@parley/protocol/ids.ts";
import type { Person } from "@parley/protocol/person.ts";
import { NotebookPen, Users } from "lucide-react";
import { type RefObject, useRef, useState } from "react";
import { errorText, t } from "../../i18n/i18n.ts";
import { Dialog, type WayOut } from "../../kit/Dialog.tsx";
import { Notice } from "../../kit/Notice.tsx";
import { NewGroupForm, type NewGroup } from "./NewGroupForm.tsx";
import { PeoplePicker } from "../../kit/PeoplePicker.tsx";

export type NewChatDialogProps = {
  open: boolean;
  startWith: "person" | "group";
  known: readonly Person[];
  search: (query: string) => Promise<Result<readonly Person[]>>;
  /** Each opens the chat and closes the dialog when it succeeds. */
  onPerson: (accountId: AccountId) => Promise<Result<unknown>>;
  onGroup: (group: NewGroup) => Promise<Result<unknown>>;
  /** Null while the chat with oneself is not here yet. */
  onSelf: (() => void) | null;
  wayOut: WayOut;
  onClose: () => void;
};

const NOBODY: ReadonlySet<AccountId> = new Set();

function PersonStep({
  known,
  search,
  onPerson,
  onSelf,
  onNewGroup,
  field,
}: Omit<NewChatDialogProps, "open" | "startWith" | "onGroup" | "wayOut" | "onClose"> & {
  onNewGroup: () => void;
  field: RefObject<HTMLInputElement | null>;
}) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Failure | null>(null);

  async function choose(person: Person): Promise<void> {
    if (busy) return;
    setBusy(true);
    setError(null);
    const result = await onPerson(person.accountId);
    setBusy(false);
    if (!result.ok) setError(result.error);
  }

  return (
    <div className="picker" aria-busy={busy || undefined}>
      <PeoplePicker
        searchRef={field}
        known={known}
        chosen={NOBODY}
        search={search}
        onChoose={(person) => void choose(person)}
      >
        <div className="picker-actions">
          <button type="button" className="picker-action" onClick={onNewGroup}>
            <span className="picker-mark" aria-hidden="true">
              <Users size={20} />
            </span>
            {t("newChat.group")}
          </button>
          {onSelf !== null && (
            <button type="button" className="picker-action" onClick={onSelf}>
              <span className="picker-mark" aria-hidden="true">
                <NotebookPen size={20} />
              </span>
              {t("newChat.self")}
            </button>
          )}
        </div>
        {error !== null && (
          <div className="picker-notice">
            <Notice title={t("newChat.createFailed")} text={errorText(error)} />
          </div>
        )}
      </PeoplePicker>
    </div>
  );
}

/** Start a chat with someone, a group, or with oneself. */
export function NewChatDialog(props: NewChatDialogProps) {
  const { open, startWith, onClose } = props;
  const [step, setStep] = useState(startWith);
  const [wasOpen, setWasOpen] = useState(open);
  const people = useRef<HTMLInputElement>(null);
  const name = useRef<HTMLInputElement>(null);
  if (open !== wasOpen) {
    setWasOpen(open);
    if (open) setStep(startWith);
  }
  return (
    <Dialog
      open={open}
      onClose={onClose}
      wayOut={props.wayOut}
      title={t("newChat.title")}
      initialFocus={step === "group" ? name : people}
      {...(step === "group" && { heading: t("newGroup.title") })}
    >
      {step === "person" ? (
        <PersonStep {...props} field={people} onNewGroup={() => setStep("group")} />
      ) : (
        <NewGroupForm
          field={name}
          known={props.known}
          search={props.search}
          onCreate={props.onGroup}
          onBack={() => setStep("person")}
        />
      )}
    </Dialog>
  );
}
