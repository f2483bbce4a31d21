import { t } from "../i18n/i18n.ts";
import { Button } from "../kit/Button.tsx";
import { Dialog } from "../kit/Dialog.tsx";

export type LinkProblemProps = {
  /** The server of a link that nobody here can open; null: there is no such link. */
  server: string | null;
  onSignIn: (server: string) => void;
  onClose: () => void;
};

/** Says why a link opens nothing, and what to do. */
export function LinkProblem({ server, onSignIn, onClose }: LinkProblemProps) {
  const host = server === null ? "" : new URL(server).host;
  return (
    <Dialog
      open={server !== null}
      onClose={onClose}
      title={t("link.noAccountTitle")}
      size="s"
      foot={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button kind="primary" onClick={() => server !== null && onSignIn(server)}>
            {t("signIn.submit")}
          </Button>
        </>
      }
    >
      <div className="dialog-body">
        <p className="dialog-text">{t("link.noAccount", { server: host })}</p>
      </div>
    </Dialog>
  );
}
