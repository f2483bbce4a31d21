import type { Failure, Result } from "@parley/protocol/errors.ts";
import type { AccountId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import type { Person } from "@parley/protocol/person.ts";
import { type FormEvent, type RefObject, useMemo, useState } from "react";
import { errorText, t } from "../../i18n/i18n.ts";
import { Button } from "../../kit/Button.tsx";
import { Notice } from "../../kit/Notice.tsx";
import { PersonChips } from "../../kit/PersonChips.tsx";
import { TextField } from "../../kit/TextField.tsx";
import { PeoplePicker } from "../../kit/PeoplePicker.tsx";

export type NewGroup = {
  title: string;
  accountIds: readonly AccountId[];
  history: "all" | "joined";
};

export type NewGroupFormProps = {
  /** The field of the name: the first one to write in. */
  field: RefObject<HTMLInputElement | null>;
  known: readonly Person[];
  search: (query: string) => Promise<Result<readonly Person[]>>;
  onCreate: (group: NewGroup) => Promise<Result<unknown>>;
  onBack: () => void;
};

/** A name, the people, and one choice: whether newcomers see what was written before. */
export function NewGroupForm({ field, known, search, onCreate, onBack }: NewGroupFormProps) {
  const [title, setTitle] = useState("");
  const [members, setMembers] = useState<readonly Person[]>([]);
  const [all, setAll] = useState(false);
  const [titleError, setTitleError] = useState<string>();
  const [failed, setFailed] = useState<Failure | null>(null);
  const [busy, setBusy] = useState(false);
  const chosen = useMemo(() => new Set(members.map((person) => person.accountId)), [members]);

  function toggle(person: Person): void {
    setMembers((before) =>
      before.some((each) => each.accountId === person.accountId)
        ? before.filter((each) => each.accountId !== person.accountId)
        : [...before, person],
    );
  }

  async function create(event: FormEvent): Promise<void> {
    event.preventDefault();
    const name = title.trim();
    const wrong =
      name === ""
        ? t("newGroup.needName")
        : name.length > LIMITS.titleUnits
          ? t("newGroup.tooLong", { max: LIMITS.titleUnits })
          : undefined;
    if (wrong !== undefined) {
      setTitleError(wrong);
      field.current?.focus();
      return;
    }
    setBusy(true);
    setFailed(null);
    const result = await onCreate({
      title: name,
      accountIds: members.map((person) => person.accountId),
      history: all ? "all" : "joined",
    });
    setBusy(false);
    if (!result.ok) setFailed(result.error);
  }

  return (
    <form className="picker" noValidate onSubmit={(event) => void create(event)}>
      <div className="picker-field">
        <TextField
          label={t("newGroup.name")}
          placeholder={t("newGroup.nameHint")}
          value={title}
          error={titleError}
          ref={field}
          autoFocus
          autoComplete="off"
          onChange={(event) => {
            setTitle(event.target.value);
            setTitleError(undefined);
          }}
          onKeyDown={(event) => {
            // Enter in the name goes on to the people; the button creates.
            if (event.key === "Enter" && members.length === 0) event.preventDefault();
          }}
        />
      </div>
      <p className="picker-section">{t("newGroup.chosen", { count: members.length })}</p>
      <PersonChips people={members} onRemove={toggle} />
      <PeoplePicker known={known} chosen={chosen} search={search} onChoose={toggle} />
      {failed !== null && (
        <div className="picker-notice">
          <Notice title={t("newChat.createFailed")} text={errorText(failed)} />
        </div>
      )}
      <label className="picker-check">
        <input type="checkbox" checked={all} onChange={(event) => setAll(event.target.checked)} />
        {t("newGroup.history")}
      </label>
      <div className="dialog-foot">
        <Button onClick={onBack}>{t("common.back")}</Button>
        <Button type="submit" kind="primary" busy={busy}>
          {busy ? t("newGroup.creating") : t("newGroup.create")}
        </Button>
      </div>
    </form>
  );
}
