import "./message-info.css";
import { Check, CheckCheck, CircleAlert, Clock, Pencil, Smile, Trash2 } from "lucide-react";
import type { Failure } from "@parley/protocol/errors.ts";
import type { Region } from "../../i18n/format.ts";
import { errorText, t } from "../../i18n/i18n.ts";
import { Dialog } from "../../kit/Dialog.tsx";
import { Notice } from "../../kit/Notice.tsx";
import { SkeletonRows } from "../../kit/Skeleton.tsx";
import type { Link } from "../../state/waiting.ts";
import {
  journeyLines,
  type LedgerFacts,
  type LedgerLine,
  type LedgerMember,
  memberLines,
} from "./ledger-rules.ts";

export type MessageInfoDialogProps = {
  open: boolean;
  /** The message's text, for recognising it. */
  text: string;
  facts: LedgerFacts;
  /** Null where nobody is asked: not mine, or not yet at the server. */
  members:
    | { state: "loading" }
    | { state: "failed"; error: Failure }
    | { state: "known"; members: readonly LedgerMember[] }
    | null;
  link: Link;
  nowMs: number;
  region: Region;
  onRetry: () => void;
  onClose: () => void;
};

const MARKS = {
  one: Check,
  two: CheckCheck,
  clock: Clock,
  failed: CircleAlert,
  edited: Pencil,
  erased: Trash2,
  reaction: Smile,
} as const;

function Line({ line }: { line: LedgerLine }) {
  const Mark = MARKS[line.mark];
  return (
    <li className={line.pending ? "ledger-line is-pending" : "ledger-line"} data-mark={line.mark}>
      <Mark size={16} aria-hidden="true" />
      <span className="ledger-text">
        <bdi>{line.text}</bdi>
        {line.note !== null && <small>{line.note}</small>}
      </span>
      <span className="ledger-time">{line.time}</span>
    </li>
  );
}

/** Letters of the message that the heading shows. */
const SHOWN_UNITS = 160;

/** The delivery ledger of one message: what happened to it, when, and what has not happened yet. */
export function MessageInfoDialog(props: MessageInfoDialogProps) {
  const { facts, members, nowMs, region } = props;
  const shown =
    props.text.length > SHOWN_UNITS ? `${props.text.slice(0, SHOWN_UNITS)}\u2026` : props.text;
  return (
    <Dialog open={props.open} onClose={props.onClose} title={t("info.title")}>
      <div className="dialog-body">
        {shown !== "" && (
          <p className="dialog-text" dir="auto">
            {`\u201c${shown}\u201d`}
          </p>
        )}
        <ul className="ledger">
          {journeyLines(facts, { link: props.link, nowMs, region }).map((line) => (
            <Line line={line} key={line.key} />
          ))}
          {members?.state === "known" &&
            memberLines(members.members, nowMs, region).map((line) => (
              <Line line={line} key={line.key} />
            ))}
        </ul>
        {members?.state === "loading" && <SkeletonRows count={2} label={t("common.loading")} />}
        {members?.state === "failed" && (
          <Notice
            title={t("info.loadFailed")}
            text={errorText(members.error)}
            action={{ label: t("common.retry"), onAction: props.onRetry }}
          />
        )}
        {members?.state === "known" && members.members.length === 0 && (
          <p className="ledger-note">{t("info.nobody")}</p>
        )}
        {members === null && !facts.mine && <p className="ledger-note">{t("info.receivedOnly")}</p>}
      </div>
    </Dialog>
  );
}
