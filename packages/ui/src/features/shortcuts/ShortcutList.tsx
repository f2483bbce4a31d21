import "./shortcuts.css";
import { t } from "../../i18n/i18n.ts";
import type { KeyNames } from "../../state/keys.ts";

type Line = readonly [what: string, keys: readonly string[]];

function groups(
  keys: KeyNames,
  enterSends: boolean,
): readonly (readonly [title: string, lines: readonly Line[]])[] {
  return [
    [
      t("shortcuts.groupGeneral"),
      [
        [t("shortcuts.palette"), [keys.palette]],
        [t("shortcuts.search"), [keys.search]],
        [t("shortcuts.newChat"), [keys.newChat]],
        [t("shortcuts.settings"), [keys.settings]],
        [t("shortcuts.regions"), ["F6"]],
        [t("shortcuts.regionsBack"), [`${t("key.shift")} F6`]],
        [t("shortcuts.back"), [t("key.escape")]],
        [t("shortcuts.sheet"), ["?"]],
      ],
    ],
    [
      t("shortcuts.groupChats"),
      [
        [t("shortcuts.nextChat"), [keys.next]],
        [t("shortcuts.previousChat"), [keys.previous]],
        [t("shortcuts.nthChat"), [keys.nth]],
        [t("shortcuts.beside"), [keys.beside]],
        [t("shortcuts.split"), [keys.split]],
        [t("shortcuts.popOut"), [keys.popOut]],
        [t("shortcuts.closePane"), [keys.closePane]],
      ],
    ],
    [
      t("shortcuts.groupWriting"),
      [
        [t("shortcuts.send"), [enterSends ? t("key.enter") : keys.mainEnter]],
        [
          t("shortcuts.newline"),
          [...(enterSends ? [] : [t("key.enter")]), `${t("key.shift")} ${t("key.enter")}`],
        ],
      ],
    ],
    [
      t("shortcuts.groupMessages"),
      [
        [t("shortcuts.messages"), [t("key.up"), t("key.down")]],
        [t("shortcuts.reply"), keys.message.reply],
        [t("shortcuts.edit"), keys.message.edit],
        [t("shortcuts.remove"), keys.message.remove],
        [t("shortcuts.messageMenu"), [`${t("key.shift")} F10`, t("key.menu")]],
      ],
    ],
  ];
}

export type ShortcutListProps = {
  keys: KeyNames;
  /** Whether Enter alone sends a message. */
  enterSends: boolean;
};

/** All keys, by where they work. */
export function ShortcutList({ keys, enterSends }: ShortcutListProps) {
  return (
    <div className="shortcut-groups">
      {groups(keys, enterSends).map(([title, lines]) => (
        <section key={title}>
          <h3 className="shortcut-title">{title}</h3>
          <dl>
            {lines.map(([what, combinations]) => (
              <div className="shortcut-line" key={what}>
                <dt>{what}</dt>
                <dd>
                  {combinations.map((combination) => (
                    <kbd className="kbd" key={combination}>
                      {combination}
                    </kbd>
                  ))}
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </div>
  );
}
