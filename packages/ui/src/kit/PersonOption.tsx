import type { Person } from "@parley/protocol/person.ts";
import { Check } from "lucide-react";
import { Avatar } from "./Avatar.tsx";

export type PersonOptionProps = {
  id: string;
  person: Person;
  active: boolean;
  chosen: boolean;
  onChoose: () => void;
};

/** One person of a result list: name first, handle after it. */
export function PersonOption({ id, person, active, chosen, onChoose }: PersonOptionProps) {
  return (
    <li
      id={id}
      role="option"
      aria-selected={chosen || active}
      className={active ? "person is-active" : "person"}
      onClick={onChoose}
    >
      <Avatar id={person.accountId} name={person.name} size="m" />
      <span className="person-names">
        <bdi className="person-name ellipsis">{person.name}</bdi>
        <bdi className="person-handle ellipsis">@{person.handle}</bdi>
      </span>
      {chosen && <Check size={18} className="person-check" aria-hidden="true" />}
    </li>
  );
}
