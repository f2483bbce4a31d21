import "./alerts-off.css";
import { BellOff } from "lucide-react";
import { t } from "../../i18n/i18n.ts";
import { IconButton } from "../../kit/IconButton.tsx";

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
  if (slim) {
    return (
      <div className="alerts-off is-slim">
        <IconButton label={t("alerts.offButton", { state, action })} onClick={onAction}>
          <BellOff size={18} />
        </IconButton>
      </div>
    );
  }
  return (
    <div className="alerts-off">
      <BellOff size={15} aria-hidden="true" />
      <span className="alerts-off-text">{state}</span>
      <button type="button" className="text-action" onClick={onAction}>
        {action}
      </button>
    </div>
  );
}
