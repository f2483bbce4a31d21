import "./offered.css";
import { CircleAlert } from "lucide-react";
import { useState } from "react";
import { t } from "../../i18n/i18n.ts";
import { Button } from "../../kit/Button.tsx";
import { Confirm } from "../../kit/Confirm.tsx";

export type OfferedBarProps = {
  /** Own messages in this chat that the restored server does not have. */
  count: number;
  /** Whether they can be sent here: not in a chat that one left. */
  writable: boolean;
  onSend: () => void;
  onDiscard: () => void;
};

/** S6c: several own messages are no longer on the server: all of them again, or none. */
export function OfferedBar({ count, writable, onSend, onDiscard }: OfferedBarProps) {
  const [asking, setAsking] = useState(false);
  return (
    <div className="timeline-offered" role="region" aria-label={t("offered.label")}>
      <CircleAlert size={18} aria-hidden="true" />
      <p>{t("offered.text", { count })}</p>
      <span className="timeline-offered-actions">
        <Button onClick={() => setAsking(true)}>{t("offered.discardAll")}</Button>
        {writable && (
          <Button kind="primary" onClick={onSend}>
            {t("offered.sendAll")}
          </Button>
        )}
      </span>
      <Confirm
        open={asking}
        title={t("offered.discardTitle", { count })}
        text={t("offered.discardText")}
        action={t("offered.discardAll")}
        danger
        onConfirm={() => {
          setAsking(false);
          onDiscard();
        }}
        onClose={() => setAsking(false)}
      />
    </div>
  );
}
