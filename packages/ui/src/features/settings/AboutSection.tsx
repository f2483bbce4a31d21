import { PROTOCOL_VERSIONS } from "@parley/protocol/versions.ts";
import { t } from "../../i18n/i18n.ts";
import { SettingRow } from "./SettingRow.tsx";

export type AboutSectionProps = { build: string; serverUrl: string };

export function AboutSection({ build, serverUrl }: AboutSectionProps) {
  return (
    <>
      <h3 className="settings-title">{t("settings.about")}</h3>
      <p className="settings-lead">{t("settings.aboutLead")}</p>
      <SettingRow id="version" value={build} />
      <SettingRow id="protocol" value={String(PROTOCOL_VERSIONS.at(-1))} />
      <SettingRow id="server" value={serverUrl} />
    </>
  );
}
