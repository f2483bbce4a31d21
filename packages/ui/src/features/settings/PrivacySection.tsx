import type { Failure, Result } from "@parley/protocol/errors.ts";
import type { AccountId } from "@parley/protocol/ids.ts";
import type { AlertPreview } from "@parley/protocol/values.ts";
import { useState } from "react";
import { errorText, t } from "../../i18n/i18n.ts";
import { Avatar } from "../../kit/Avatar.tsx";
import { Button } from "../../kit/Button.tsx";
import { Notice } from "../../kit/Notice.tsx";
import { focusBeside } from "./focus-beside.ts";
import { SettingRow } from "./SettingRow.tsx";

export type PrivacySectionProps = {
  /** Whom this account has blocked, by name; null while it is read. */
  blocked: readonly { accountId: AccountId; name: string }[] | null;
  /** What notifications show; null until the host has answered. */
  preview: AlertPreview | null;
  onUnblock: (accountId: AccountId) => Promise<Result<unknown>>;
  /** Leads to where the preview is set. */
  onPreview: () => void;
};

/** V33: who cannot write to this account, and the way back. */
function BlockedRow({ blocked, onUnblock }: Pick<PrivacySectionProps, "blocked" | "onUnblock">) {
  const [failure, setFailure] = useState<Failure | null>(null);
  const none = blocked?.length === 0;
  return (
    <SettingRow
      id="blocked"
      {...(none && { value: t("settings.blockedNone") })}
      below={
        <>
          {failure !== null && <Notice title={t("settings.failed")} text={errorText(failure)} />}
          {blocked !== null && !none && (
            <ul className="setting-lines" aria-label={t("settings.blocked")}>
              {blocked.map(({ accountId, name }) => (
                <li key={accountId}>
                  <Avatar id={accountId} name={name} size="s" />
                  <bdi className="setting-text">{name}</bdi>
                  <Button
                    kind="link"
                    aria-label={t("settings.unblockWho", { name })}
                    onClick={(event) => {
                      focusBeside(event.currentTarget);
                      void onUnblock(accountId).then((result) =>
                        setFailure(result.ok ? null : result.error),
                      );
                    }}
                  >
                    {t("chat.unblock")}
                  </Button>
                </li>
              ))}
            </ul>
          )}
        </>
      }
    />
  );
}

/** Who reaches this account, and what others may read over one's shoulder. */
export function PrivacySection({ blocked, preview, onUnblock, onPreview }: PrivacySectionProps) {
  return (
    <>
      <h3 className="settings-title">{t("settings.privacy")}</h3>
      <p className="settings-lead">{t("settings.privacyLead")}</p>
      <BlockedRow blocked={blocked} onUnblock={onUnblock} />
      <SettingRow
        id="shownToOthers"
        {...(preview !== null && { hint: t(`settings.previewHint.${preview}`) })}
      >
        <Button kind="link" onClick={onPreview}>
          {t("settings.shownToOthersChange")}
        </Button>
      </SettingRow>
    </>
  );
}
