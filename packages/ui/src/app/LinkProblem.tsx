import { t } from "../i18n/i18n.ts";
import { Button } from "../kit/Button.tsx";
import { Dialog } from "../kit/Dialog.tsx";

/** Why a link opens nothing: nobody here is on its server, or it is no link that this app knows. */
export type LinkTrouble = { kind: "no-account"; server: string } | { kind: "unreadable" };

export type LinkProblemProps = {
  /** Null: every link was opened. */
  trouble: LinkTrouble | null;
  onSignIn: (server: string) => void;
  onClose: () => void;
};

/** Says why a link opens nothing, and what to do. Nothing else has changed by it. */
export function LinkProblem({ trouble, onSignIn, onClose }: LinkProblemProps) {
  const server = trouble?.kind === "no-account" ? trouble.server : null;
  return (
    <Dialog
      open={trouble !== null}
      onClose={onClose}
      title={server === null ? t("link.unreadableTitle") : t("link.noAccountTitle")}
      size="s"
      foot={
        server === null ? (
          <Button onClick={onClose}>{t("link.understood")}</Button>
        ) : (
          <>
            <Button onClick={onClose}>{t("common.cancel")}</Button>
            <Button kind="primary" onClick={() => onSignIn(server)}>
              {t("signIn.submit")}
            </Button>
          </>
        )
      }
    >
      <div className="dialog-body">
        <p className="dialog-text">
          {server === null
            ? t("link.unreadable")
            : t("link.noAccount", { server: new URL(server).host })}
        </p>
      </div>
    </Dialog>
  );
}
