import "./devices.css";
import type { HostedAccount } from "@parley/protocol/bridge/contract.ts";
import type { Failure, Result } from "@parley/protocol/errors.ts";
import type { ListedDevice } from "@parley/protocol/http/accounts.ts";
import type { DeviceId } from "@parley/protocol/ids.ts";
import { useEffect, useState } from "react";
import type { Region } from "../../i18n/format.ts";
import { errorText, t } from "../../i18n/i18n.ts";
import { Notice } from "../../kit/Notice.tsx";
import { serverName } from "./account-rules.ts";
import { inOrder } from "./device-rules.ts";
import { type Asking, DeviceLine } from "./DeviceLine.tsx";
import { SettingRow } from "./SettingRow.tsx";
import { rowId } from "./settings-index.ts";

export type DevicesSectionProps = {
  account: HostedAccount;
  /** All of them; null until the server has told. */
  devices: readonly ListedDevice[] | null;
  /** Why the last question for them failed. */
  failure: Failure | null;
  /** How the account stands with its server: without it nothing can be asked or changed. */
  connection: "live" | "connecting" | "offline";
  nowMs: number;
  region: Region;
  onAgain: () => void;
  onSignOut: (deviceId: DeviceId) => Promise<Result<unknown>>;
  onRename: (deviceId: DeviceId, name: string) => Promise<Result<unknown>>;
};

/** What there is to say of the list as a whole; empty while it speaks for itself. */
function listText({ devices, failure, connection }: DevicesSectionProps): string {
  if (connection === "offline") {
    return devices === null ? t("settings.devicesOffline") : t("settings.devicesAsOf");
  }
  if (devices === null) return failure === null ? t("settings.devicesAsking") : "";
  return devices.every((device) => device.current) ? t("settings.devicesNoOther") : "";
}

/** V57: the devices on which the account is signed in, each with what it is and the way to end it. */
export function DevicesSection(props: DevicesSectionProps) {
  const { account, devices, failure, connection, nowMs, region } = props;
  const [asking, setAsking] = useState<Asking | null>(null);
  const [told, setTold] = useState("");
  const isGone =
    asking !== null && devices !== null && devices.every((one) => one.deviceId !== asking.deviceId);

  // It goes with its line, here or by another device: the focus stays in the list.
  useEffect(() => {
    if (!isGone) return;
    setAsking(null);
    if (document.activeElement === document.body || document.activeElement === null) {
      document.querySelector<HTMLElement>(`#${rowId("devices")}`)?.focus();
    }
  }, [isGone]);

  const text = listText(props);
  return (
    <>
      <h3 className="settings-title">{t("settings.devices")}</h3>
      <p className="settings-lead">
        {t("settings.devicesLead", {
          name: account.me.name,
          server: serverName(account.serverUrl),
        })}
      </p>
      <SettingRow
        id="devices"
        below={
          <>
            {failure !== null && connection !== "offline" && (
              <Notice
                title={t("settings.devicesFailed")}
                text={errorText(failure)}
                action={{ label: t("common.retry"), onAction: props.onAgain }}
              />
            )}
            {devices !== null && (
              <ul className="setting-lines" aria-label={t("settings.devicesAll")}>
                {inOrder(devices).map((device) => (
                  <DeviceLine
                    key={device.deviceId}
                    device={device}
                    asking={asking?.deviceId === device.deviceId ? asking : null}
                    isLive={connection === "live"}
                    nowMs={nowMs}
                    region={region}
                    onAsk={(next) => {
                      setTold("");
                      setAsking(next);
                    }}
                    onSignOut={async () => {
                      const result = await props.onSignOut(device.deviceId);
                      if (result.ok) setTold(t("settings.deviceSignedOut", { name: device.name }));
                      return result;
                    }}
                    onRename={(name) => props.onRename(device.deviceId, name)}
                  />
                ))}
              </ul>
            )}
            <p className="setting-outcome" role="status">
              {[told, text].filter(Boolean).join(" ")}
            </p>
          </>
        }
      />
    </>
  );
}
