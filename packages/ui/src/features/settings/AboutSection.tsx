import { PROTOCOL_VERSIONS } from "@parley/protocol/versions.ts";
import { t } from "../../i18n/i18n.ts";
import { Button } from "../../kit/Button.tsx";
import { SettingRow } from "./SettingRow.tsx";

export type AboutSectionProps = {
  build: string;
  serverUrl: string;
  /** Only in a browser: whether it lets the app be installed. */
  install?: { state: "installed" | "offered" | "by-menu"; onInstall: () => void };
};

function InstallRow({ state, onInstall }: NonNullable<AboutSectionProps["install"]>) {
  return (
    <SettingRow id="install" hint={t(`settings.install.${state}`)}>
      {state === "offered" && (
        <Button kind="primary" onClick={onInstall}>
          {t("settings.installDo")}
        </Button>
      )}
    </SettingRow>
  );
}

/** Which build this is, on which server, and whether a browser lets it be installed. */
export function AboutSection({ build, serverUrl, install }: AboutSectionProps) {
  return (
    <>
      <h3 className="settings-title">{t("settings.about")}</h3>
      <p className="settings-lead">{t("settings.aboutLead")}</p>
      {install !== undefined && <InstallRow {...install} />}
      <SettingRow id="version" value={build} />
      <SettingRow id="protocol" value={String(PROTOCOL_VERSIONS.at(-1))} />
      <SettingRow id="server" value={serverUrl} />
    </>
  );
}
