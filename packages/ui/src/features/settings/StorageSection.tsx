import type { Result } from "@parley/protocol/errors.ts";
import { useState } from "react";
import { useStore } from "zustand";
import { useLive } from "../../cache/hooks.ts";
import { NO_LIVE } from "../../cache/live.ts";
import type { KeptHere } from "../../cache/read-models.ts";
import { type Region, storageSize } from "../../i18n/format.ts";
import { errorText, t } from "../../i18n/i18n.ts";
import { Button } from "../../kit/Button.tsx";
import { Confirm } from "../../kit/Confirm.tsx";
import { serverName } from "./account-rules.ts";
import type { AccountHere } from "./AccountsSection.tsx";
import { SettingRow } from "./SettingRow.tsx";

export type StorageSectionProps = {
  accounts: readonly AccountHere[];
  /** The one on the screen: its cache can be rebuilt. */
  activeKey: string;
  /** What all of it takes on this device, in bytes; null where that is not told. */
  usedBytes: number | null;
  region: Region;
};

function keptText({ events, chats }: KeptHere): string {
  return t("settings.keptCount", {
    what: t("settings.keptEvents", { count: events }),
    where: t("settings.keptChats", { count: chats }),
  });
}

function KeptLine({ account, session }: AccountHere) {
  const kept = useLive(session === undefined ? NO_LIVE : session.reads.kept());
  const { me, serverUrl } = account;
  return (
    <li>
      <span className="setting-text">
        <bdi>{me.name}</bdi>
        <small>
          <bdi>{t("settings.accountOf", { handle: me.handle, server: serverName(serverUrl) })}</bdi>
        </small>
      </span>
      <span className="setting-value">{kept === undefined ? "…" : keptText(kept)}</span>
    </li>
  );
}

function unsentText({ waiting, drafts }: KeptHere): string {
  if (waiting === 0 && drafts === 0) return t("settings.unsentNone");
  return t("settings.unsentCount", {
    waiting: t("settings.unsentMessages", { count: waiting }),
    drafts: t("settings.unsentDrafts", { count: drafts }),
  });
}

type Rebuilding = { kind: "idle" } | { kind: "busy" } | { kind: "told"; result: Result<KeptHere> };

/** What has become of the rebuilding, in words; empty while there is nothing to say. */
function rebuildingText(state: Rebuilding, kept: KeptHere | undefined, isLive: boolean): string {
  if (state.kind === "told") {
    const { result } = state;
    return result.ok
      ? t("settings.rebuilt", { kept: keptText(result.value) })
      : errorText(result.error);
  }
  // One that was begun before these settings were opened goes on all the same.
  if (state.kind === "idle" && kept?.fetched !== false) return "";
  if (!isLive) return t("settings.rebuildWaits");
  return t("settings.rebuilding", { count: kept?.events ?? 0 });
}

/** S6: drops what the server can tell again and fetches it anew, once the user has agreed. */
function RebuildRow({ account, session, live }: AccountHere) {
  const isLive = useStore(live, (state) => state.connection?.state === "live");
  const kept = useLive(session === undefined ? NO_LIVE : session.reads.kept());
  const [asking, setAsking] = useState(false);
  const [state, setState] = useState<Rebuilding>({ kind: "idle" });

  async function rebuild(): Promise<void> {
    if (session === undefined) return;
    setAsking(false);
    setState({ kind: "busy" });
    setState({ kind: "told", result: await session.rebuildCache() });
  }

  const isBusy = state.kind === "busy";
  return (
    <SettingRow
      id="rebuild"
      {...(!isLive && { hint: t("settings.rebuildOffline") })}
      below={
        <p className="setting-outcome" role="status">
          {rebuildingText(state, kept, isLive)}
        </p>
      }
    >
      <Button busy={isBusy} disabled={!isLive && !isBusy} onClick={() => setAsking(true)}>
        {t("settings.rebuildDo")}
      </Button>
      <Confirm
        open={asking}
        title={t("settings.rebuildTitle")}
        text={t("settings.rebuildText", { name: account.me.name })}
        {...(!isLive && { warning: t("settings.rebuildOffline") })}
        action={t("settings.rebuildConfirm")}
        onConfirm={() => void rebuild()}
        onClose={() => setAsking(false)}
      />
    </SettingRow>
  );
}

/** What this device keeps, and how to have it fetched anew. */
export function StorageSection({ accounts, activeKey, usedBytes, region }: StorageSectionProps) {
  const active = accounts.find(({ account }) => account.accountKey === activeKey);
  const kept = useLive(active?.session === undefined ? NO_LIVE : active.session.reads.kept());
  return (
    <>
      <h3 className="settings-title">{t("settings.storage")}</h3>
      <p className="settings-lead">{t("settings.storageLead")}</p>
      <SettingRow
        id="kept"
        below={
          <ul className="setting-lines" aria-label={t("settings.kept")}>
            {accounts.map((each) => (
              <KeptLine key={each.account.accountKey} {...each} />
            ))}
          </ul>
        }
      />
      <SettingRow id="unsent" {...(kept !== undefined && { value: unsentText(kept) })} />
      <SettingRow
        id="space"
        {...(usedBytes === null
          ? { hint: t("settings.spaceUnknown") }
          : { value: storageSize(usedBytes, region) })}
      />
      {active !== undefined && <RebuildRow {...active} />}
    </>
  );
}
