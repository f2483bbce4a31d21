import { failure, success } from "@parley/protocol/errors.ts";
import type { CrashReports } from "../crash/crash-reports.ts";
import { reportMail } from "../crash/report-mail.ts";
import type { MessageNotifications } from "../notify/message-notifications.ts";
import type { AppWindows } from "../windows/app-windows.ts";
import type { OwnCalls } from "./own-calls.ts";

type Parts = {
  notifications: Pick<MessageNotifications, "test">;
  windows: () => AppWindows;
  crashReports: CrashReports;
  openLogs: () => Promise<void>;
  /** Has the system open a mail program; false if it could not. */
  openMail: (address: string) => Promise<boolean>;
};

function noWindow() {
  return failure("bridge_failed", "The window is gone.");
}

/** Answers what pages ask of the desktop around the session. */
export function shellCalls(parts: Parts): OwnCalls {
  const { notifications, windows, crashReports, openLogs, openMail } = parts;
  return {
    "shell:notification-test": async () => success(await notifications.test()),
    "shell:open-logs": async () => {
      await openLogs();
      return success({});
    },
    "shell:crash-reports": async () => success({ reports: await crashReports.list() }),
    "shell:crash-report": async ({ id }) => {
      const text = await crashReports.read(id);
      return text === undefined
        ? failure("not_found", "There is no such report.")
        : success({ text });
    },
    "shell:crash-report-mail": async ({ id }) => {
      const text = await crashReports.read(id);
      if (text === undefined) return failure("not_found", "There is no such report.");
      return (await openMail(reportMail(text)))
        ? success({})
        : failure("no_program", "The system opened no mail program.");
    },
    "shell:crash-report-delete": async ({ id }) => {
      await crashReports.remove(id);
      return success({});
    },
    "window:open": ({ chat }) => windows().open(chat ?? undefined),
    "window:state": (_body, contentsId) => {
      const window = windows().byContents(contentsId);
      return window ? success(window.state) : noWindow();
    },
    "window:configure": ({ alwaysOnTop, zoomPercent }, contentsId) => {
      const window = windows().byContents(contentsId);
      if (!window) return noWindow();
      window.configure({
        ...(alwaysOnTop !== undefined && { alwaysOnTop }),
        ...(zoomPercent !== undefined && { zoomPercent }),
      });
      return success(window.state);
    },
  };
}
