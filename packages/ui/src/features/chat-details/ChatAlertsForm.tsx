import type { AlertPreview } from "@parley/protocol/values.ts";
import { useId } from "react";
import type { ChatAlerts } from "../../cache/chat-flags.ts";
import { t } from "../../i18n/i18n.ts";
import { SelectLine } from "../../kit/Select.tsx";
import { MUTE_MS } from "../../state/mute-lengths.ts";
import { type SoundSystem, soundChoices } from "./chat-alert-rules.ts";

const PREVIEWS: readonly AlertPreview[] = ["all", "name", "none"];
/** Stands for "no setting of its own": a select knows only texts. */
const USUAL = "";

export type ChatAlertsFormProps = {
  alerts: ChatAlerts;
  system: SoundSystem;
  muted: boolean;
  /** Until when, in words; empty where the mute has no end. */
  mutedUntil: string;
  /** Null: no longer. */
  onMute: (forMs: number | "always" | null) => void;
  onChange: (alerts: ChatAlerts) => void;
};

function MuteLine(props: Pick<ChatAlertsFormProps, "muted" | "mutedUntil" | "onMute">) {
  const { muted, mutedUntil, onMute } = props;
  const current =
    mutedUntil === "" ? t("chat.muteAlways") : t("alerts.muteUntil", { when: mutedUntil });
  const always = muted && mutedUntil === "" ? [] : ([["always", t("chat.muteAlways")]] as const);
  return (
    <SelectLine
      label={t("alerts.mute")}
      value={muted ? "current" : "none"}
      options={[
        ["none", t("alerts.muteNone")],
        ...(muted ? ([["current", current]] as const) : []),
        ["hour", t("chat.muteHour")],
        ["hours", t("chat.muteHours")],
        ...always,
      ]}
      onChange={(choice: "none" | "current" | "hour" | "hours" | "always") => {
        if (choice === "none") onMute(null);
        else if (choice === "hour") onMute(MUTE_MS.hour);
        else if (choice === "hours") onMute(MUTE_MS.eightHours);
        else if (choice === "always") onMute("always");
      }}
    />
  );
}

/** V51: how alerts of one chat differ from the usual ones, the same on all devices of the account. */
export function ChatAlertsForm(props: ChatAlertsFormProps) {
  const { alerts, system, onChange } = props;
  const heading = useId();
  const { alertSound, alertPreview } = alerts;
  return (
    <section className="chat-alerts" aria-labelledby={heading}>
      <h3 className="details-section" id={heading}>
        {t("alerts.title")}
      </h3>
      <MuteLine {...props} />
      <SelectLine<string>
        label={t("alerts.sound")}
        value={alertSound ?? USUAL}
        options={[
          [USUAL, t("alerts.asUsual")],
          ["none", t("alerts.soundNone")],
          ...soundChoices(system, alertSound).map(
            ({ name, text }) => [name, text === null ? name : t(text)] as const,
          ),
        ]}
        onChange={(sound) => onChange({ alertPreview, alertSound: sound === USUAL ? null : sound })}
      />
      <SelectLine
        label={t("alerts.preview")}
        value={alertPreview ?? USUAL}
        options={[
          [USUAL, t("alerts.asUsual")],
          ...PREVIEWS.map((each) => [each, t(`settings.preview.${each}`)] as const),
        ]}
        onChange={(preview) =>
          onChange({ alertSound, alertPreview: preview === USUAL ? null : preview })
        }
      />
      <p className="details-note">{t("alerts.forAllDevices")}</p>
    </section>
  );
}
