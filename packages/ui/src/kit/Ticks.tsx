import "./ticks.css";
import { Check, CheckCheck, CircleAlert, Clock } from "lucide-react";
import type { MessageState } from "@parley/protocol/receipts.ts";
import { t } from "../i18n/i18n.ts";

/** What the ticks of an own message can say. */
export type TickState = MessageState | "failed" | "offered";

const ICONS = {
  sending: Clock,
  sent: Check,
  delivered: CheckCheck,
  read: CheckCheck,
  failed: CircleAlert,
  offered: CircleAlert,
} as const;

/** S11: clock, one tick, two, two coloured; failed is red. The word for it is read aloud. */
export function Ticks({ state, id }: { state: TickState; id?: string }) {
  const Icon = ICONS[state];
  return (
    <span className={`ticks ticks-${state}`}>
      <Icon size={15} aria-hidden="true" />
      <span className="vh" id={id}>
        {t(`state.${state}`)}
      </span>
    </span>
  );
}
