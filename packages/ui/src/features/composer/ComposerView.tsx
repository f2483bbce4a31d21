import "./composer.css";
import type { Result } from "@parley/protocol/errors.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import { SendHorizontal, X } from "lucide-react";
import { type Ref, useId, useImperativeHandle, useLayoutEffect, useRef, useState } from "react";
import { kilobytes, number, type Region } from "../../i18n/format.ts";
import { errorText, t } from "../../i18n/i18n.ts";
import { Button } from "../../kit/Button.tsx";
import { IconButton } from "../../kit/IconButton.tsx";
import { AttachButton } from "./AttachButton.tsx";
import { checkText, isSendKey, takesDraft, type TextCheck, unitsLeft } from "./composer-rules.ts";

export type Caret = { start: number; end: number };
export type ComposerHandle = { focus: () => void; text: () => string };

export type ComposerViewProps = {
  handle?: Ref<ComposerHandle>;
  title: string;
  /** The text to start with; undefined while it is read. Later values show where nobody is writing. */
  draft: string | undefined;
  /** Where the caret was left. */
  caret: Caret | null;
  /** The message that is being replied to. */
  replyingTo: { name: string; text: string } | null;
  region: Region;
  /** Whether sending asks first, because the focus came here by itself. Asked at each send. */
  needsCheck: () => boolean;
  onText: (text: string) => void;
  onCaret: (caret: Caret) => void;
  onBlur: () => void;
  onCancelReply: () => void;
  /** Takes over the text; on failure it stays in the field. */
  onSend: (text: string) => Promise<Result<unknown>>;
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
  const { title, draft, caret, replyingTo, region, onText, onSend } = props;
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(draft ?? "");
  const [seenDraft, setSeenDraft] = useState(draft);
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
    const focused = document.hasFocus() && document.activeElement === field.current;
    const first = seenDraft === undefined;
    const echo = draft === sent;
    if (!echo) setSent(null);
    if (draft !== undefined && !echo && takesDraft({ first, typed: typed.current, focused })) {
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
    if (check.kind !== "ok") return;
    if (!checked && props.needsCheck()) {
      setAsking(true);
      return;
    }
    const sending = text;
    setAsking(false);
    setSent(sending);
    setText("");
    field.current?.focus();
    const result = await onSend(sending);
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
    setText((since) => (since === "" ? sending : `${sending}\n${since}`));
  }

  return (
    <div className="composer">
      {replyingTo !== null && (
        <div className="composer-reply">
          <div className="composer-reply-text">
            <b>{t("composer.replyingTo", { name: replyingTo.name })}</b>
            <span className="ellipsis" dir="auto">
              {replyingTo.text}
            </span>
          </div>
          <IconButton label={t("composer.cancelReply")} onClick={props.onCancelReply}>
            <X size={18} />
          </IconButton>
        </div>
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
        <AttachButton />
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
          onChange={(event) => change(event.target.value)}
          onKeyDown={(event) => {
            const { nativeEvent } = event;
            if (isSendKey(nativeEvent, nativeEvent.keyCode)) {
              event.preventDefault();
              void send(false);
            } else if (event.key === "Escape" && replyingTo !== null && !nativeEvent.isComposing) {
              event.preventDefault();
              event.stopPropagation();
              props.onCancelReply();
            }
          }}
          onSelect={(event) => {
            const { selectionStart, selectionEnd } = event.currentTarget;
            props.onCaret({ start: selectionStart, end: selectionEnd });
          }}
          onBlur={props.onBlur}
        />
        <button
          type="submit"
          className="composer-send"
          aria-label={t("composer.send")}
          disabled={check.kind !== "ok"}
        >
          <SendHorizontal size={20} aria-hidden="true" />
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
