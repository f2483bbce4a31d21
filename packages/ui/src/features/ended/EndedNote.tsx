import "./ended.css";
import type { EndedAccount } from "@parley/protocol/bridge/contract.ts";
import { LogOut } from "lucide-react";
import { useState } from "react";
import { moment, type Region } from "../../i18n/format.ts";
import { errorCodeText, t } from "../../i18n/i18n.ts";
import { Button } from "../../kit/Button.tsx";

export type EndedNoteProps = {
  ended: EndedAccount;
  region: Region;
  /** Opens the way to sign in to it again; absent where that is on the screen already. */
  onSignIn?: () => void;
  /** The user has read it. */
  onClose: () => void;
};

function reasonText({ code, endedBy, atMs }: EndedAccount, nowMs: number, region: Region): string {
  const when = moment(atMs, nowMs, region);
  if (endedBy !== undefined) return t("ended.by", { device: endedBy, when });
  if (code === "session_revoked") return t("ended.server", { when });
  if (code === "account_disabled") return t("ended.disabled", { when });
  return t("ended.other", { reason: errorCodeText(code), when });
}

/** V57: says that an account was signed out on this device: which, when, from where, and what is kept. */
export function EndedNote({ ended, region, onSignIn, onClose }: EndedNoteProps) {
  const { me, serverUrl } = ended;
  const [nowMs] = useState(() => Date.now());
  return (
    <section className="ended-note" role="alert">
      <LogOut size={20} aria-hidden="true" />
      <div className="ended-text">
        <b>{t("ended.title", { name: me.name })}</b>
        <bdi>{t("ended.account", { handle: me.handle, server: new URL(serverUrl).host })}</bdi>
        <span>{reasonText(ended, nowMs, region)}</span>
        <span>{t("ended.kept")}</span>
        <div className="ended-acts">
          {onSignIn !== undefined && (
            <Button kind="link" onClick={onSignIn}>
              {t("connection.signInAgain")}
            </Button>
          )}
          <Button kind="link" onClick={onClose}>
            {t("link.understood")}
          </Button>
        </div>
      </div>
    </section>
  );
}
