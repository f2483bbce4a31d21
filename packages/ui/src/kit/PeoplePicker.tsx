import "./picker.css";
import type { Result } from "@parley/protocol/errors.ts";
import type { AccountId } from "@parley/protocol/ids.ts";
import type { Person } from "@parley/protocol/person.ts";
import {
  type KeyboardEvent,
  type ReactNode,
  type Ref,
  useEffect,
  useId,
  useRef,
  useState,
} from "react";
import { errorCodeText, t } from "../i18n/i18n.ts";
import { Notice } from "./Notice.tsx";
import { SearchField } from "./SearchField.tsx";
import { SkeletonRows } from "./Skeleton.tsx";
import { PersonOption } from "./PersonOption.tsx";
import { usePeopleSearch } from "./use-people-search.ts";

export type PeoplePickerProps = {
  searchRef?: Ref<HTMLInputElement>;
  /** People known on this device, shown before anything is typed. */
  known: readonly Person[];
  chosen: ReadonlySet<AccountId>;
  /** People that cannot be chosen: they are there already. */
  excluded?: ReadonlySet<AccountId>;
  search: (query: string) => Promise<Result<readonly Person[]>>;
  onChoose: (person: Person) => void;
  /** Stands between the search box and the results. */
  children?: ReactNode;
  disabled?: boolean;
};

/** A search box and its results, worked with arrow keys and Enter without leaving the box. */
export function PeoplePicker(props: PeoplePickerProps) {
  const { chosen, onChoose } = props;
  const id = useId();
  const [query, setQuery] = useState("");
  const [active, setActive] = useState(0);
  const list = useRef<HTMLUListElement>(null);
  const found = usePeopleSearch(query, props.known, props.search);
  const people = found.people.filter((person) => !props.excluded?.has(person.accountId));
  const at = Math.min(active, people.length - 1);
  const activeId = people[at] === undefined ? undefined : `${id}-${people[at].accountId}`;

  useEffect(() => {
    list.current?.querySelector(".is-active")?.scrollIntoView({ block: "nearest" });
  }, [at]);

  function choose(person: Person): void {
    onChoose(person);
    setQuery("");
    setActive(0);
  }

  function onKeyDown(event: KeyboardEvent): void {
    const person = people[at];
    if (event.key === "ArrowDown") setActive(Math.min(at + 1, people.length - 1));
    else if (event.key === "ArrowUp") setActive(Math.max(at - 1, 0));
    else if (event.key === "Enter" && !event.nativeEvent.isComposing && person !== undefined)
      choose(person);
    else return;
    event.preventDefault();
  }

  const empty = people.length === 0;
  return (
    <>
      <div className="picker-search">
        <SearchField
          label={t("newChat.search")}
          placeholder={t("newChat.searchHint")}
          value={query}
          disabled={props.disabled}
          {...(props.searchRef !== undefined && { ref: props.searchRef })}
          aria-controls={`${id}-list`}
          aria-activedescendant={activeId}
          onChange={(event) => {
            setQuery(event.target.value);
            setActive(0);
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      {props.children}
      <div className="picker-results">
        {found.state === "failed" && found.code !== null && (
          <Notice
            title={t("newChat.failed")}
            text={errorCodeText(found.code)}
            action={{ label: t("common.retry"), onAction: found.retry }}
          />
        )}
        {found.state === "searching" && empty && (
          <SkeletonRows count={3} label={t("common.loading")} />
        )}
        {found.state === "idle" && empty && <p className="picker-hint">{t("newChat.start")}</p>}
        {found.state === "done" && empty && (
          <p className="picker-hint" role="status">
            {t("newChat.none", { query: query.trim() })}
          </p>
        )}
        {found.state === "idle" && !empty && <p className="picker-section">{t("newChat.known")}</p>}
        <ul
          id={`${id}-list`}
          role="listbox"
          aria-label={t("newChat.results")}
          aria-activedescendant={activeId}
          tabIndex={0}
          onKeyDown={onKeyDown}
          ref={list}
          hidden={empty}
        >
          {people.map((person, index) => (
            <PersonOption
              key={person.accountId}
              id={`${id}-${person.accountId}`}
              person={person}
              active={index === at}
              chosen={chosen.has(person.accountId)}
              onChoose={() => choose(person)}
            />
          ))}
        </ul>
      </div>
    </>
  );
}
