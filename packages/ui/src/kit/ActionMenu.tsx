import { Menu } from "@base-ui/react/menu";
import { ChevronRight } from "lucide-react";
import {
  type ComponentProps,
  type KeyboardEvent,
  type ReactElement,
  type ReactNode,
  useRef,
} from "react";
import { landmark } from "./landmark.ts";
import "./button.css";
import "./popups.css";

/** One line of a menu that does something. */
export type MenuLine = {
  label: string;
  icon?: ReactNode;
  keys?: string;
  danger?: boolean;
  onAction: () => void;
};

/** Small choices side by side; `chosen` ones are ticked, for choosing them again takes them back. */
export type MenuChoices = {
  label: string;
  choices: readonly { label: string; text: string; chosen: boolean; onAction: () => void }[];
};

/** A line that opens lines of its own. */
export type MenuBranch = { label: string; icon?: ReactNode; lines: readonly MenuLine[] };

/** What a menu is made of; "line" is a dividing line. */
export type MenuAction = MenuLine | MenuChoices | MenuBranch | "line";

type LinesProps = {
  actions: readonly MenuAction[];
  /** Keeps the chosen action until the menu is gone. */
  onChoose: (run: () => void) => void;
};

function Line({ line, onChoose }: { line: MenuLine; onChoose: LinesProps["onChoose"] }) {
  return (
    <Menu.Item
      className={line.danger ? "menu-item is-danger" : "menu-item"}
      onClick={() => onChoose(line.onAction)}
    >
      <span className="menu-item-label">
        {line.icon}
        {line.label}
      </span>
      {line.keys !== undefined && <kbd aria-hidden="true">{line.keys}</kbd>}
    </Menu.Item>
  );
}

/** Left and right move along the row; up and down go on as in any menu. */
function moveAlong(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (step === undefined || !(event.target instanceof HTMLElement)) return;
  const towards = getComputedStyle(event.currentTarget).direction === "rtl" ? -step : step;
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>("[role]")];
  const at = items.indexOf(event.target);
  items[(at + towards + items.length) % items.length]?.focus();
  event.preventDefault();
  event.stopPropagation();
}

function Choices({ row, onChoose }: { row: MenuChoices; onChoose: LinesProps["onChoose"] }) {
  return (
    <div className="menu-choices" role="group" aria-label={row.label} onKeyDown={moveAlong}>
      {row.choices.map((choice) => (
        <Menu.CheckboxItem
          key={choice.text}
          className="menu-choice"
          checked={choice.chosen}
          closeOnClick
          aria-label={choice.label}
          onClick={() => onChoose(choice.onAction)}
        >
          {choice.text}
        </Menu.CheckboxItem>
      ))}
    </div>
  );
}

function Branch({ branch, onChoose }: { branch: MenuBranch; onChoose: LinesProps["onChoose"] }) {
  return (
    <Menu.SubmenuRoot>
      <Menu.SubmenuTrigger className="menu-item">
        <span className="menu-item-label">
          {branch.icon}
          {branch.label}
        </span>
        <ChevronRight size={16} aria-hidden="true" className="menu-more" />
      </Menu.SubmenuTrigger>
      <Menu.Portal container={landmark()}>
        <Menu.Positioner className="popup-layer" alignOffset={-6}>
          <Menu.Popup className="menu" aria-label={branch.label}>
            {branch.lines.map((line) => (
              <Line line={line} onChoose={onChoose} key={line.label} />
            ))}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.SubmenuRoot>
  );
}

function MenuLines({ actions, onChoose }: LinesProps) {
  return actions.map((action, index) => {
    if (action === "line") return <Menu.Separator className="menu-line" key={`line-${index}`} />;
    if ("choices" in action) return <Choices row={action} onChoose={onChoose} key={action.label} />;
    if ("lines" in action) return <Branch branch={action} onChoose={onChoose} key={action.label} />;
    return <Line line={action} onChoose={onChoose} key={action.label} />;
  });
}

/**
 * Runs the chosen action after the menu has closed: while it is open the rest of the page cannot take
 * the focus, and closing would take it back from where the action put it.
 */
function useChosen(): { choose: (run: () => void) => void; runChosen: (open: boolean) => void } {
  const chosen = useRef<(() => void) | null>(null);
  return {
    choose: (run) => {
      chosen.current = run;
    },
    runChosen: (open) => {
      const run = chosen.current;
      chosen.current = null;
      if (!open) run?.();
    },
  };
}

export type ActionMenuProps = {
  label: string;
  trigger: ReactElement<ComponentProps<"button">>;
  actions: readonly MenuAction[];
  align?: "start" | "end";
};

/** A button that opens a menu. */
export function ActionMenu({ label, trigger, actions, align = "end" }: ActionMenuProps) {
  const { choose, runChosen } = useChosen();
  return (
    <Menu.Root onOpenChangeComplete={runChosen}>
      <Menu.Trigger render={trigger} aria-label={label} />
      <Menu.Portal container={landmark()}>
        <Menu.Positioner className="popup-layer" align={align} sideOffset={4}>
          <Menu.Popup className="menu">
            <MenuLines actions={actions} onChoose={choose} />
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}

export type PointMenuProps = {
  open: boolean;
  /** Where it opens: a point in the window, or an element. */
  at: { x: number; y: number } | Element | null;
  label: string;
  actions: readonly MenuAction[];
  onClose: () => void;
  /** What gets the focus back. */
  returnTo?: HTMLElement | null;
};

/** A menu without a trigger of its own: opened by right-click, key, or a button shared by many rows. */
export function PointMenu({ open, at, label, actions, onClose, returnTo }: PointMenuProps) {
  const { choose, runChosen } = useChosen();
  const anchor =
    at === null || at instanceof Element
      ? at
      : {
          getBoundingClientRect: () => DOMRect.fromRect({ x: at.x, y: at.y, width: 0, height: 0 }),
        };
  return (
    <Menu.Root
      open={open}
      onOpenChange={(next) => !next && onClose()}
      onOpenChangeComplete={runChosen}
    >
      <Menu.Portal container={landmark()}>
        <Menu.Positioner className="popup-layer" anchor={anchor} align="start" sideOffset={4}>
          <Menu.Popup className="menu" aria-label={label} finalFocus={() => returnTo ?? true}>
            <MenuLines actions={actions} onChoose={choose} />
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
