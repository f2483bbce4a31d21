import "./drafts.css";
import { Copy, History, Undo2 } from "lucide-react";
import { useId, useState } from "react";
import type { DraftRevision } from "../../cache/read-models.ts";
import { fullMoment, isoTime, moment, type Region } from "../../i18n/format.ts";
import { t } from "../../i18n/i18n.ts";
import { Button } from "../../kit/Button.tsx";
import { EmptyState } from "../../kit/EmptyState.tsx";
import { Notice } from "../../kit/Notice.tsx";
import { SkeletonRows } from "../../kit/Skeleton.tsx";

/** A text that is not in a composer; `draft`: it stands in one that is not shown. */
export type DraftText = Omit<DraftRevision, "savedAtMs" | "why"> & {
  /** When it left the composer; null: not known. */
  savedAtMs: number | null;
  why: DraftRevision["why"] | "draft";
};

export type DraftTextsProps = {
  /** The chat's. */
  title: string;
  /** Newest first; undefined while they are read. */
  texts: readonly DraftText[] | undefined;
  /** How many are kept. */
  most: number;
  /** Whether the composer of the chat takes texts now. */
  writable: boolean;
  /** What copying came to. */
  note: string;
  /** Why a text could not be put back; empty: nothing. */
  problem: string;
  nowMs: number;
  region: Region;
  onPutBack: (rev: number) => void;
  onCopy: (text: string) => void;
};

/** Units and lines of a text that are shown of its beginning. */
const SHOWN_UNITS = 400;
const SHOWN_LINES = 4;

function beginning(text: string): string {
  const lines = text.split("\n", SHOWN_LINES).join("\n").slice(0, SHOWN_UNITS);
  return lines.length < text.length ? `${lines.toWellFormed()}…` : text;
}

/** What a chat's composer held before, with what can be done with it. */
export function DraftTexts(props: DraftTextsProps) {
  const { texts, most, writable } = props;
  if (texts === undefined) {
    return (
      <div className="dialog-body">
        <SkeletonRows count={3} label={t("common.loading")} />
      </div>
    );
  }
  return (
    <>
      {props.problem !== "" && (
        <div className="drafts-problem">
          <Notice text={props.problem} />
        </div>
      )}
      {texts.length === 0 ? (
        <EmptyState
          small
          icon={<History size={20} />}
          title={t("drafts.empty")}
          hint={t("drafts.emptyHint")}
        />
      ) : (
        <ul className="drafts" aria-label={t("drafts.list", { title: props.title })}>
          {texts.map((text) => (
            <Text key={text.rev} shown={text} {...props} />
          ))}
        </ul>
      )}
      <div className="drafts-foot">
        {!writable && <p>{t("drafts.readOnly")}</p>}
        <p>{t("drafts.kept", { count: most })}</p>
        <p role="status">{props.note}</p>
      </div>
    </>
  );
}

function Text({
  shown,
  writable,
  nowMs,
  region,
  onPutBack,
  onCopy,
}: DraftTextsProps & { shown: DraftText }) {
  const { rev, text, savedAtMs, why } = shown;
  const id = useId();
  const [open, setOpen] = useState(false);
  const start = beginning(text);
  return (
    <li className="drafts-one">
      <p id={id} className="drafts-text" dir="auto">
        {open ? text : start}
      </p>
      <p className="drafts-meta">
        {savedAtMs !== null && (
          <time dateTime={isoTime(savedAtMs)} title={fullMoment(savedAtMs, region)}>
            {moment(savedAtMs, nowMs, region)}
          </time>
        )}
        {why !== null && <span>{t(`drafts.why.${why}`)}</span>}
      </p>
      <div className="drafts-acts">
        {start !== text && (
          <Button kind="link" aria-describedby={id} onClick={() => setOpen(!open)}>
            {open ? t("timeline.showLess") : t("timeline.showAll")}
          </Button>
        )}
        {writable && (
          <Button aria-describedby={id} onClick={() => onPutBack(rev)}>
            <Undo2 size={16} aria-hidden="true" />
            {t("drafts.putBack")}
          </Button>
        )}
        <Button aria-describedby={id} onClick={() => onCopy(text)}>
          <Copy size={16} aria-hidden="true" />
          {t("message.copy")}
        </Button>
      </div>
    </li>
  );
}
