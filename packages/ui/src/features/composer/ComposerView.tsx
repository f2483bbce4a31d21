import "./composer.css";
import type { Result } from "@parley/protocol/errors.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import { Check, SendHorizontal } from "lucide-react";
import type { TextSpan } from "@parley/protocol/content.ts";
import { type Ref, useId, useImperativeHandle, useLayoutEffect, useRef, useState } from "react";
import { kilobytes, number, type Region } from "../../i18n/format.ts";
import { errorText, t } from "../../i18n/i18n.ts";
import { Button } from "../../kit/Button.tsx";
import { AttachButton } from "./AttachButton.tsx";
import { ComposerBanner, type ComposerTask } from "./ComposerBanner.tsx";
import {
  checkText,
  isEditKey,
  isSendKey,
  takesDraft,
  type TextCheck,
  unitsLeft,
} from "./composer-rules.ts";
import type { Mentionable } from "./mention-rules.ts";
import { MentionList } from "./MentionList.tsx";
import { useMentions } from "./use-mentions.ts";

export type Caret = { start: number; end: number };
export type ComposerHandle = { focus: () => void; text: () => string };

export type ComposerViewProps = {
  handle?: Ref<ComposerHandle>;
  title: string;
  /** The text to start with; undefined while it is read. Later values show where nobody is writing. */
  draft: string | undefined;
  /** Rises when a text of another device became the draft. */
  draftTaken: number;
  /** Where the caret was left. */
  caret: Caret | null;
  /** The message that is being answered or edited. */
  task: ComposerTask | null;
  /** Who can be mentioned; null where nobody can. */
  people: readonly Mentionable[] | null;
  /** Takes the focus as soon as it is there. */
  focusFirst?: boolean;
  region: Region;
  /** Whether Enter alone sends. */
  enterSends: boolean;
  /** Whether sending asks first, because the focus came here by itself. Asked at each send. */
  needsCheck: () => boolean;
  onText: (text: string) => void;
  onCaret: (caret: Caret) => void;
  onBlur: () => void;
  onCancelTask: () => void;
  /** Up in an empty field: the last own message is to be edited. */
  onEditLast: () => void;
  /** A name is being typed: whoever is not known yet may be fetched. */
  onMention: () => void;
  /** Takes over the text and where it names people; on failure it stays in the field. */
  onSend: (text: string, spans: readonly TextSpan[]) => Promise<Result<unknown>>;
};

const GROWS_BY_CSS = typeof CSS !== "undefined" && CSS.supports("field-sizing", "content");

function limitText(check: TextCheck, region: Region): string | null {
  if (check.kind === "too-long") {
    return t("composer.tooLong", {
      over: check.over,
      count: number(check.count, region),
      max: number(LIMITS.textUnits, region),
    });
  }
  if (check.kind === "too-many-bytes") {
    return t("composer.tooManyBytes", {
      size: kilobytes(check.sizeBytes, region),
      max: kilobytes(LIMITS.payloadBytes, region),
    });
  }
  return null;
}

/** Where one writes: a field that grows, a button to send, and what stands in the way in words. */
export function ComposerView(props: ComposerViewProps) {
  const { title, draft, caret, task, region, onText, onSend } = props;
  const editing = task?.kind === "edit";
  // What was deleted cannot be edited: only the typed text is still of use.
  const gone = editing && task.standing.kind === "gone";
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(draft ?? "");
  const [seenDraft, setSeenDraft] = useState(draft);
  const [seenTaken, setSeenTaken] = useState(props.draftTaken);
  const [asking, setAsking] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  const typed = useRef(false);
  // The text that was sent last, until its draft is known to be gone: it may still be on its way back.
  const [sent, setSent] = useState<string | null>(null);
  const current = useRef(text);
  useLayoutEffect(() => {
    current.current = text;
  }, [text]);

  if (draft !== seenDraft) {
    setSeenDraft(draft);
    setSeenTaken(props.draftTaken);
    const focused = document.hasFocus() && document.activeElement === field.current;
    const first = seenDraft === undefined;
    const taken = props.draftTaken > seenTaken;
    const echo = !taken && draft === sent;
    // Cleared elsewhere; the end of a draft that was sent here is told late, and the same text may
    // stand in the field again by then.
    const told = taken || (draft === "" && sent === null);
    const untouched = text === seenDraft;
    if (!echo) setSent(null);
    if (
      draft !== undefined &&
      !echo &&
      takesDraft({ first, typed: typed.current, focused, told, untouched })
    ) {
      setText(draft);
    }
  }

  useImperativeHandle(
    props.handle,
    () => ({
      focus: () => field.current?.focus({ preventScroll: true }),
      text: () => current.current,
    }),
    [],
  );

  const restored = useRef(false);
  useLayoutEffect(() => {
    if (restored.current || draft === undefined || field.current === null) return;
    restored.current = true;
    // Whoever began to write before the draft was read has the caret where it belongs.
    if (typed.current) return;
    const end = field.current.value.length;
    field.current.setSelectionRange(
      Math.min(caret?.start ?? end, end),
      Math.min(caret?.end ?? end, end),
    );
  }, [draft, caret]);

  useLayoutEffect(() => {
    const area = field.current;
    if (GROWS_BY_CSS || area === null) return;
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight}px`;
  }, [text]);

  const { focusFirst = false } = props;
  useLayoutEffect(() => {
    if (focusFirst) field.current?.focus({ preventScroll: true });
  }, [focusFirst]);

  const mentions = useMentions(field, text, props.people, change, props.onMention);
  const check = checkText(text);
  const problem = failed ?? limitText(check, region);
  const left = unitsLeft(text);

  function change(value: string): void {
    typed.current = true;
    setText(value);
    setFailed(null);
    setAsking(false);
    onText(value);
  }

  async function send(checked: boolean): Promise<void> {
    if (check.kind !== "ok" || gone) return;
    if (!checked && props.needsCheck()) {
      setAsking(true);
      return;
    }
    const sending = text;
    setAsking(false);
    setSent(sending);
    setText("");
    field.current?.focus();
    const result = await onSend(sending, mentions.spansOf(sending));
    if (result.ok) {
      // Sending clears the draft: what was typed meanwhile becomes the new one.
      if (current.current !== "") onText(current.current);
      return;
    }
    setSent(null);
    setFailed(
      result.error.code === "bridge_failed" ? t("composer.failed") : errorText(result.error),
    );
    // What was typed meanwhile stays behind it: nothing typed is lost.
    const since = current.current;
    setText(since === "" ? sending : `${sending}\n${since}`);
    if (since !== "") onText(`${sending}\n${since}`);
  }

  return (
    <div className="composer">
      {task !== null && <ComposerBanner task={task} onCancel={props.onCancelTask} />}
      {mentions.options.length > 0 && (
        <MentionList
          id={`${id}-names`}
          options={mentions.options}
          active={mentions.active}
          onPick={mentions.pick}
        />
      )}
      {asking && (
        <div
          className="composer-guard"
          role="alertdialog"
          aria-label={t("composer.guard", { title })}
        >
          <span>{t("composer.guard", { title })}</span>
          <Button kind="link" onClick={() => void send(true)}>
            {t("composer.guardSend", { title })}
          </Button>
          <Button
            kind="link"
            onClick={() => {
              setAsking(false);
              field.current?.focus();
            }}
          >
            {t("composer.guardStay")}
          </Button>
        </div>
      )}
      <form
        className="composer-box"
        onSubmit={(event) => {
          event.preventDefault();
          void send(false);
        }}
      >
        {!editing && <AttachButton />}
        <textarea
          ref={field}
          rows={1}
          dir="auto"
          aria-label={t("composer.label", { title })}
          aria-describedby={problem !== null || left !== null ? `${id}-note` : undefined}
          aria-invalid={problem !== null || undefined}
          placeholder={t("composer.label", { title })}
          autoComplete="off"
          value={text}
          onChange={(event) => {
            change(event.target.value);
            mentions.onCaret(event.target.selectionEnd);
          }}
          aria-autocomplete={props.people === null ? undefined : "list"}
          aria-controls={mentions.options.length > 0 ? `${id}-names` : undefined}
          aria-activedescendant={
            mentions.options.length > 0 ? `${id}-names-${mentions.active}` : undefined
          }
          onKeyDown={(event) => {
            const { nativeEvent } = event;
            if (mentions.onKey(event)) return;
            if (isSendKey(nativeEvent, nativeEvent.keyCode, props.enterSends)) {
              event.preventDefault();
              void send(false);
            } else if (event.key === "Escape" && task !== null && !nativeEvent.isComposing) {
              event.preventDefault();
              event.stopPropagation();
              props.onCancelTask();
            } else if (isEditKey(nativeEvent) && text === "" && task === null) {
              event.preventDefault();
              props.onEditLast();
            }
          }}
          onSelect={(event) => {
            const { selectionStart, selectionEnd } = event.currentTarget;
            props.onCaret({ start: selectionStart, end: selectionEnd });
            mentions.onCaret(selectionEnd);
          }}
          onBlur={() => {
            mentions.close();
            props.onBlur();
          }}
        />
        <button
          type="submit"
          className="composer-send"
          aria-label={editing ? t("composer.saveEdit") : t("composer.send")}
          disabled={check.kind !== "ok" || gone}
        >
          {editing ? (
            <Check size={20} aria-hidden="true" />
          ) : (
            <SendHorizontal size={20} aria-hidden="true" />
          )}
        </button>
      </form>
      {(problem !== null || left !== null) && (
        <p
          id={`${id}-note`}
          className={problem === null ? "composer-note" : "composer-note is-wrong"}
          aria-live="polite"
        >
          {problem ?? t("composer.near", { left: left ?? 0 })}
        </p>
      )}
    </div>
  );
}
