import "./palette.css";
import { Search } from "lucide-react";
import {
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
} from "react";
import { t } from "../../i18n/i18n.ts";
import { Dialog, type WayOut } from "../../kit/Dialog.tsx";
import { findEntries, type PaletteEntry, type PaletteSection } from "./palette-rules.ts";

export type CommandPaletteProps = {
  open: boolean;
  entries: readonly PaletteEntry[];
  iconOf: (entry: PaletteEntry) => ReactNode;
  enterKeys: string;
  besideKeys: string;
  wayOut: WayOut;
  onClose: () => void;
  /** Reports what is typed, so that people of the server can be looked for. */
  onQuery: (query: string) => void;
};

const TITLES: Record<PaletteSection, () => string> = {
  chats: () => t("palette.chats"),
  people: () => t("palette.people"),
  commands: () => t("palette.commands"),
};

/** Jump to a chat, a person or a command by typing part of its name. */
export function CommandPalette(props: CommandPaletteProps) {
  const field = useRef<HTMLInputElement>(null);
  return (
    <Dialog
      open={props.open}
      onClose={props.onClose}
      title={t("palette.title")}
      initialFocus={field}
      wayOut={props.wayOut}
      bare
    >
      {props.open && <Content {...props} field={field} />}
    </Dialog>
  );
}

function Content({
  entries,
  iconOf,
  enterKeys,
  besideKeys,
  onClose,
  onQuery,
  field,
}: CommandPaletteProps & { field: RefObject<HTMLInputElement | null> }) {
  const id = useId();
  const [query, setQuery] = useState("");
  const [active, setActive] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const found = useMemo(() => findEntries(entries, query), [entries, query]);
  const at = Math.min(active, found.length - 1);

  useEffect(() => {
    list.current?.querySelector(".is-active")?.scrollIntoView({ block: "nearest" });
  }, [at]);

  function run(entry: PaletteEntry, beside: boolean): void {
    onClose();
    entry.run(beside);
  }

  function onKeyDown(event: KeyboardEvent): void {
    const entry = found[at];
    if (event.key === "ArrowDown") setActive(found.length === 0 ? 0 : (at + 1) % found.length);
    else if (event.key === "ArrowUp")
      setActive(found.length === 0 ? 0 : (at - 1 + found.length) % found.length);
    else if (event.key === "Enter" && !event.nativeEvent.isComposing && entry !== undefined) {
      run(entry, event.ctrlKey || event.metaKey);
    } else return;
    event.preventDefault();
  }

  let section: PaletteSection | null = null;
  return (
    <div className="palette">
      <div className="palette-search">
        <Search size={18} aria-hidden="true" />
        <input
          type="text"
          role="combobox"
          ref={field}
          autoComplete="off"
          spellCheck={false}
          aria-label={t("palette.search")}
          aria-expanded={found.length > 0}
          aria-controls={`${id}-list`}
          aria-activedescendant={found[at] === undefined ? undefined : `${id}-${at}`}
          placeholder={t("palette.search")}
          value={query}
          onChange={(event) => {
            setQuery(event.target.value);
            setActive(0);
            onQuery(event.target.value);
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <div
        className="palette-list"
        id={`${id}-list`}
        role="listbox"
        aria-label={t("palette.results")}
        ref={list}
      >
        {found.map((entry, index) => {
          const heading = entry.section === section ? null : TITLES[entry.section]();
          section = entry.section;
          return (
            <div key={entry.key} role="presentation">
              {heading !== null && (
                <div className="palette-section" role="presentation">
                  {heading}
                </div>
              )}
              <div
                id={`${id}-${index}`}
                role="option"
                aria-selected={index === at}
                className={index === at ? "palette-entry is-active" : "palette-entry"}
                onClick={(event) => run(entry, event.ctrlKey || event.metaKey)}
              >
                {iconOf(entry)}
                <span className="palette-text">
                  <bdi className="ellipsis">{entry.title}</bdi>
                  {entry.note !== undefined && <small className="ellipsis">{entry.note}</small>}
                </span>
                {entry.keys !== undefined && <kbd className="palette-keys">{entry.keys}</kbd>}
                {index === at && entry.section !== "commands" && (
                  <kbd className="palette-keys" aria-hidden="true">
                    {t("palette.hint", { enter: enterKeys, beside: besideKeys })}
                  </kbd>
                )}
              </div>
            </div>
          );
        })}
      </div>
      {found.length === 0 && (
        <p className="palette-none" role="status">
          {t("palette.none", { query: query.trim() })}
        </p>
      )}
    </div>
  );
}
