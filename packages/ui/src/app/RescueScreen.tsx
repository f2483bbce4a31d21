import "./rescue.css";
import { useEffect, useState } from "react";
import { type KeptText, readKeptTexts } from "../cache/rescue.ts";
import { t } from "../i18n/i18n.ts";
import { Notice } from "../kit/Notice.tsx";

type State =
  | { kind: "reading" }
  | { kind: "failed" }
  | { kind: "read"; texts: readonly KeptText[]; url: string };

const HEADS = {
  message: "rescue.messageTo",
  draft: "rescue.draftOf",
  edit: "rescue.editOf",
} as const;

/** One text after the other, as a file that any program opens. */
export function rescueText(texts: readonly KeptText[]): string {
  return texts
    .map(({ kind, chatId, text }) => {
      return `${t(HEADS[kind], { chatId })}\n\n${text}\n`;
    })
    .join("\n----\n\n");
}

/** S21: when the app cannot start any more: what only this device has, to be saved. */
export function RescueScreen() {
  const [state, setState] = useState<State>({ kind: "reading" });
  useEffect(() => {
    let current = true;
    readKeptTexts().then(
      (texts) => {
        if (!current) return;
        const file = new Blob([rescueText(texts)], { type: "text/plain" });
        setState({ kind: "read", texts, url: URL.createObjectURL(file) });
      },
      () => current && setState({ kind: "failed" }),
    );
    return () => {
      current = false;
    };
  }, []);
  return (
    <main className="boot rescue">
      <h1 className="rescue-title">{t("rescue.title")}</h1>
      <p>{t("rescue.text")}</p>
      {state.kind === "reading" && <p>{t("common.loading")}</p>}
      {state.kind === "failed" && <Notice text={t("rescue.failed")} />}
      {state.kind === "read" && state.texts.length === 0 && <p>{t("rescue.nothing")}</p>}
      {state.kind === "read" && state.texts.length > 0 && (
        <>
          <textarea
            className="rescue-texts"
            readOnly
            aria-label={t("rescue.texts")}
            value={rescueText(state.texts)}
          />
          <a className="btn btn-primary" href={state.url} download="parley-texts.txt">
            {t("rescue.save", { count: state.texts.length })}
          </a>
        </>
      )}
    </main>
  );
}
