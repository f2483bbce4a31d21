import type { CrashReport } from "@parley/protocol/bridge/shell.ts";
import type { Failure, Result } from "@parley/protocol/errors.ts";
import { useCallback, useEffect, useState } from "react";
import { fullMoment, kilobytes, type Region } from "../../i18n/format.ts";
import { errorText, t } from "../../i18n/i18n.ts";
import { Button } from "../../kit/Button.tsx";
import { Notice } from "../../kit/Notice.tsx";
import { focusBeside } from "./focus-beside.ts";
import { SettingRow } from "./SettingRow.tsx";

/** What can be done with the reports that lie on this device. */
export type CrashReports = {
  list: () => Promise<Result<{ reports: CrashReport[] }>>;
  read: (id: string) => Promise<Result<{ text: string }>>;
  /** Opens a new mail with the report in it. */
  mail: (id: string) => Promise<Result<unknown>>;
  remove: (id: string) => Promise<Result<unknown>>;
  copy: (text: string) => Promise<boolean>;
};

export type CrashReportsRowProps = { reports: CrashReports; region: Region };

/** Reports of crashes: nothing is sent; the user reads, copies and deletes them. */
export function CrashReportsRow({ reports, region }: CrashReportsRowProps) {
  const [known, setKnown] = useState<readonly CrashReport[] | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [open, setOpen] = useState<{ id: string; text: string; copied: boolean } | null>(null);

  const load = useCallback(async () => {
    const result = await reports.list();
    if (result.ok) setKnown(result.value.reports);
    setFailure(result.ok ? null : result.error);
  }, [reports]);
  useEffect(() => void load(), [load]);

  async function read(id: string): Promise<void> {
    if (open?.id === id) {
      setOpen(null);
      return;
    }
    const result = await reports.read(id);
    setFailure(result.ok ? null : result.error);
    if (result.ok) setOpen({ id, text: result.value.text, copied: false });
  }

  async function remove(id: string): Promise<void> {
    const result = await reports.remove(id);
    if (open?.id === id) setOpen(null);
    if (result.ok) await load();
    else setFailure(result.error);
  }

  async function mail(id: string): Promise<void> {
    const result = await reports.mail(id);
    setFailure(result.ok ? null : result.error);
  }

  const none = known?.length === 0;
  return (
    <SettingRow
      id="crashes"
      {...(none && { value: t("settings.crashesNone") })}
      below={
        <>
          {failure !== null && (
            <Notice
              title={t("settings.failed")}
              text={errorText(failure)}
              action={{ label: t("common.retry"), onAction: () => void load() }}
            />
          )}
          {known !== null && !none && (
            <ul className="crash-list" aria-label={t("settings.crashes")}>
              {known.map((report) => {
                const when = fullMoment(report.atMs, region);
                const facts = { what: report.what, when };
                const isOpen = open?.id === report.id;
                return (
                  <li key={report.id}>
                    <div className="crash-head">
                      <div className="setting-text">
                        <bdi>{report.what}</bdi>
                        <small>
                          {t("settings.crashFacts", {
                            when,
                            size: kilobytes(report.sizeBytes, region),
                          })}
                        </small>
                      </div>
                      <Button
                        kind="link"
                        aria-expanded={isOpen}
                        aria-label={t("settings.crashReadOf", facts)}
                        onClick={() => void read(report.id)}
                      >
                        {t("settings.crashRead")}
                      </Button>
                      <Button
                        kind="link"
                        aria-label={t("settings.crashDeleteOf", facts)}
                        onClick={(event) => {
                          focusBeside(event.currentTarget);
                          void remove(report.id);
                        }}
                      >
                        {t("settings.crashDelete")}
                      </Button>
                    </div>
                    {isOpen && (
                      <>
                        <pre
                          className="crash-text"
                          role="region"
                          aria-label={t("settings.crashText")}
                          tabIndex={0}
                        >
                          {open.text}
                        </pre>
                        <div className="crash-acts">
                          <Button
                            onClick={() =>
                              void reports
                                .copy(open.text)
                                .then((copied) => setOpen({ ...open, copied }))
                            }
                          >
                            <span aria-live="polite">
                              {open.copied ? t("settings.crashCopied") : t("settings.crashCopy")}
                            </span>
                          </Button>
                          <Button onClick={() => void mail(report.id)}>
                            {t("settings.crashMail")}
                          </Button>
                        </div>
                      </>
                    )}
                  </li>
                );
              })}
            </ul>
          )}
        </>
      }
    />
  );
}
