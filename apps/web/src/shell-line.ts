import type { HostLine } from "@parley/client/sync/bridge-over.ts";
import { parseWith } from "@parley/client/connection/parse.ts";
import { type CallBody, CALLS } from "@parley/protocol/bridge/contract.ts";
import type { NotificationOutcome } from "@parley/protocol/bridge/shell.ts";

type Options = {
  testNotification: () => Promise<NotificationOutcome>;
  reported: (report: CallBody<"account:report">) => void;
};

/** The line of a page in a browser: what a desktop's shell would answer, the page answers itself. */
export function withShell(line: HostLine, { testNotification, reported }: Options): HostLine {
  let received: ((frame: unknown) => void) | undefined;
  return {
    post: (frame) => {
      if (frame.name === "shell:notification-test") {
        const { id } = frame;
        void testNotification().then((data) => received?.({ kind: "answer", id, data }));
        return;
      }
      if (frame.name === "account:report") {
        const report = parseWith(CALLS["account:report"].body, frame.body);
        if (report.ok) reported(report.value);
      }
      line.post(frame);
    },
    listen: (listener) => {
      received = listener;
      line.listen(listener);
    },
  };
}
