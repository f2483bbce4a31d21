import { t } from "../../i18n/i18n.ts";
import { Avatar } from "../../kit/Avatar.tsx";
import type { Mentionable } from "./mention-rules.ts";

export type MentionListProps = {
  id: string;
  options: readonly Mentionable[];
  active: number;
  onPick: (person: Mentionable) => void;
};

/** The names behind an @. The focus stays in the text; the field names the one that is chosen. */
export function MentionList({ id, options, active, onPick }: MentionListProps) {
  return (
    <ul className="mention-list" role="listbox" id={id} aria-label={t("mention.list")}>
      {options.map((person, index) => (
        <li
          key={person.accountId}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === active}
          className="mention-option"
          // Before the field loses the focus.
          onMouseDown={(event) => {
            event.preventDefault();
            onPick(person);
          }}
        >
          <Avatar id={person.accountId} name={person.name} size="s" />
          <bdi className="ellipsis">{person.name}</bdi>
        </li>
      ))}
    </ul>
  );
}
