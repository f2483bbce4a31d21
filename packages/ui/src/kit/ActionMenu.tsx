import { Menu } from "@base-ui/react/menu";
import { type ComponentProps, type ReactElement, type ReactNode, useRef } from "react";
import "./button.css";
import "./popups.css";

/** One line of a menu, or a dividing line. */
export type MenuAction =
  | {
      label: string;
      icon?: ReactNode;
      keys?: string;
      danger?: boolean;
      onAction: () => void;
    }
  | "line";

type LinesProps = {
  actions: readonly MenuAction[];
  /** Keeps the chosen action until the menu is gone. */
  onChoose: (run: () => void) => void;
};

function MenuLines({ actions, onChoose }: LinesProps) {
  return actions.map((action, index) =>
    action === "line" ? (
      <Menu.Separator className="menu-line" key={`line-${index}`} />
    ) : (
      <Menu.Item
        key={action.label}
        className={action.danger ? "menu-item is-danger" : "menu-item"}
        onClick={() => onChoose(action.onAction)}
      >
        <span className="menu-item-label">
          {action.icon}
          {action.label}
        </span>
        {action.keys !== undefined && <kbd aria-hidden="true">{action.keys}</kbd>}
      </Menu.Item>
    ),
  );
}

/** Menus belong to the page's main part, so that nothing lies outside of all landmarks. */
function landmark(): HTMLElement | undefined {
  return document.querySelector<HTMLElement>("main") ?? undefined;
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
