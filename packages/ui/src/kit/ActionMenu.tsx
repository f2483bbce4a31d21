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

/** Lines for a menu that is opened by its own trigger or by a right-click. */
export function MenuLines({ actions }: { actions: readonly MenuAction[] }) {
  return actions.map((action, index) =>
    action === "line" ? (
      <Menu.Separator className="menu-line" key={`line-${index}`} />
    ) : (
      <Menu.Item
        key={action.label}
        className={action.danger ? "menu-item is-danger" : "menu-item"}
        onClick={action.onAction}
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

/** Where the focus goes when a menu closes: an action that moved it has the last word. */
function focusAfter(
  popup: HTMLElement | null,
  otherwise: HTMLElement | true,
): HTMLElement | boolean {
  const active = document.activeElement;
  const moved = active !== null && active !== document.body && popup?.contains(active) !== true;
  return moved ? false : otherwise;
}

export type ActionMenuProps = {
  label: string;
  trigger: ReactElement<ComponentProps<"button">>;
  actions: readonly MenuAction[];
  align?: "start" | "end";
};

/** A button that opens a menu. */
export function ActionMenu({ label, trigger, actions, align = "end" }: ActionMenuProps) {
  const popup = useRef<HTMLDivElement>(null);
  return (
    <Menu.Root>
      <Menu.Trigger render={trigger} aria-label={label} />
      <Menu.Portal container={landmark()}>
        <Menu.Positioner className="popup-layer" align={align} sideOffset={4}>
          <Menu.Popup
            ref={popup}
            className="menu"
            finalFocus={() => focusAfter(popup.current, true)}
          >
            <MenuLines actions={actions} />
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
  const anchor =
    at === null || at instanceof Element
      ? at
      : {
          getBoundingClientRect: () => DOMRect.fromRect({ x: at.x, y: at.y, width: 0, height: 0 }),
        };
  const popup = useRef<HTMLDivElement>(null);
  return (
    <Menu.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Menu.Portal container={landmark()}>
        <Menu.Positioner className="popup-layer" anchor={anchor} align="start" sideOffset={4}>
          <Menu.Popup
            className="menu"
            aria-label={label}
            ref={popup}
            finalFocus={() => focusAfter(popup.current, returnTo ?? true)}
          >
            <MenuLines actions={actions} />
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
