import "./alerts-off.css";
import { BellOff } from "lucide-react";
import type { MouseEvent } from "react";
import { t } from "../../i18n/i18n.ts";
import { IconButton } from "../../kit/IconButton.tsx";

/** The strip goes with what it says: the focus moves on to the search above the chats. */
function focusOn(strip: HTMLElement): void {
  const list = strip.closest("nav");
  (list?.querySelector("input") ?? list?.querySelector("button"))?.focus();
}

export type AlertsOffStripProps = {
  /** Room for an icon only. */
  slim: boolean;
  /** What keeps notifications back, and until when. */
  state: string;
  /** What ends it. */
  action: string;
  onAction: () => void;
};

/** One line that says why nothing notifies now, with the way out of it. */
export function AlertsOffStrip({ slim, state, action, onAction }: AlertsOffStripProps) {
  const act = (event: MouseEvent<HTMLElement>): void => {
    // Pressed by a key: a click of the mouse leaves the focus where the user has it.
    if (event.detail === 0) focusOn(event.currentTarget);
    onAction();
  };
  if (slim) {
    return (
      <div className="alerts-off is-slim">
        <IconButton label={t("alerts.offButton", { state, action })} onClick={act}>
          <BellOff size={18} />
        </IconButton>
      </div>
    );
  }
  return (
    <div className="alerts-off">
      <BellOff size={15} aria-hidden="true" />
      <span className="alerts-off-text">{state}</span>
      <button type="button" className="text-action" onClick={act}>
        {action}
      </button>
    </div>
  );
}
