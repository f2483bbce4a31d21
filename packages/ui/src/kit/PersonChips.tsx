import "./person-chips.css";
import type { Person } from "@parley/protocol/person.ts";
import { X } from "lucide-react";
import { t } from "../i18n/i18n.ts";
import { Avatar } from "./Avatar.tsx";

/** People that were chosen; each can be taken out again. */
export function PersonChips({
  people,
  onRemove,
}: {
  people: readonly Person[];
  onRemove: (person: Person) => void;
}) {
  if (people.length === 0) return null;
  return (
    <ul className="person-chips">
      {people.map((person) => (
        <li key={person.accountId} className="person-chip">
          <Avatar id={person.accountId} name={person.name} size="s" />
          <bdi className="ellipsis">{person.name}</bdi>
          <button
            type="button"
            aria-label={t("newGroup.remove", { name: person.name })}
            onClick={() => onRemove(person)}
          >
            <X size={14} aria-hidden="true" />
          </button>
        </li>
      ))}
    </ul>
  );
}
