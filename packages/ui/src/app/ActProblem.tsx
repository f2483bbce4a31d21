import { errorText, t } from "../i18n/i18n.ts";
import { Button } from "../kit/Button.tsx";
import { Dialog } from "../kit/Dialog.tsx";
import type { UndoneActs } from "./use-notification-acts.ts";

/** Says that something done to a notification came to nothing; a reply is shown, so that none is lost. */
export function ActProblem({ undone }: { undone: UndoneActs }) {
  const { first, forget, again } = undone;
  const reply = first?.acted.what.act === "reply" ? first.acted.what.text : null;
  return (
    <Dialog
      open={first !== null}
      onClose={forget}
      title={reply === null ? t("acts.undoneTitle") : t("acts.replyTitle")}
      size="s"
      foot={
        <>
          <Button onClick={forget}>{t("common.close")}</Button>
          <Button kind="primary" onClick={again}>
            {t("common.retry")}
          </Button>
        </>
      }
    >
      <div className="dialog-body">
        {first !== null && <p className="dialog-text">{errorText(first.failure)}</p>}
        {reply !== null && (
          <blockquote className="dialog-quote" dir="auto">
            {reply}
          </blockquote>
        )}
      </div>
    </Dialog>
  );
}
