import { Dialog as Base } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import { type ReactNode, type RefObject, useLayoutEffect, useRef } from "react";
import { t } from "../i18n/i18n.ts";
import "./button.css";
import "./popups.css";

/**
 * Where the focus goes when a dialog closes. Null: back to where it came from. False: nowhere, for
 * somebody else takes it.
 */
export type WayOut = () => HTMLElement | false | null;

export type DialogProps = {
  open: boolean;
  onClose: () => void;
  title: string;
  size?: "s" | "m" | "l";
  /** What gets the focus first; otherwise the first control. */
  initialFocus?: RefObject<HTMLElement | null>;
  /** Left out: the focus goes back to where it came from. */
  wayOut?: WayOut;
  /** What the heading shows where it says more than the name. */
  heading?: string;
  /** Leaves out the heading row; the title still names the dialog. */
  bare?: boolean;
  /** Stands left of the title. */
  before?: ReactNode;
  foot?: ReactNode;
  children?: ReactNode;
};

/** A modal dialog: named by its title, closed by Escape, the backdrop and its button. */
export function Dialog({
  open,
  onClose,
  title,
  size = "m",
  initialFocus,
  wayOut,
  heading,
  bare = false,
  before,
  foot,
  children,
}: DialogProps) {
  const popup = useRef<HTMLDivElement>(null);
  return (
    <Base.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="dialog-backdrop" />
        <Base.Viewport className="dialog-viewport">
          <Base.Popup
            ref={popup}
            className={`dialog dialog-${size}`}
            finalFocus={() => {
              const active = document.activeElement;
              const moved = active !== document.body && popup.current?.contains(active) === false;
              return moved ? false : (wayOut?.() ?? true);
            }}
            {...(initialFocus && { initialFocus })}
          >
            {initialFocus && <FocusAtOnce target={initialFocus} />}
            {bare ? (
              <Base.Title className="vh">{title}</Base.Title>
            ) : (
              <div className="dialog-head">
                {before}
                <Base.Title className={heading === undefined ? "dialog-title" : "vh"} dir="auto">
                  {title}
                </Base.Title>
                {heading !== undefined && (
                  <h3 className="dialog-title" dir="auto">
                    {heading}
                  </h3>
                )}
                <Base.Close className="icon-btn" aria-label={t("common.close")}>
                  <X size={20} />
                </Base.Close>
              </div>
            )}
            {children}
            {foot !== undefined && <div className="dialog-foot">{foot}</div>}
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  );
}

/**
 * Gives `target` the focus within the event that opened the dialog. Base UI waits for the next
 * frame, and what is typed until then would go to nobody. The microtask lets it note first where
 * the focus came from.
 */
function FocusAtOnce({ target }: { target: RefObject<HTMLElement | null> }): null {
  useLayoutEffect(() => queueMicrotask(() => target.current?.focus()), [target]);
  return null;
}
