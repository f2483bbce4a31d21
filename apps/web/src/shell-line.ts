import type { HostLine } from "@parley/client/sync/bridge-over.ts";
import { parseWith } from "@parley/client/connection/parse.ts";
import { type CallBody, CALLS, type NoticeBody } from "@parley/protocol/bridge/contract.ts";
import type { AccountKey } from "@parley/protocol/ids.ts";
import type { NotificationOutcome } from "@parley/protocol/bridge/shell.ts";

type Options = {
  testNotification: () => Promise<NotificationOutcome>;
  reported: (report: CallBody<"account:report">) => void;
  viewed: (view: CallBody<"view:set">) => void;
  /** The host has said which accounts there are. */
  greeted: (accountKeys: AccountKey[]) => void;
};

type Acted = NoticeBody<"notification:acted">;

/** The line of a page in a browser; `act` tells the app what the user did to a notification. */
export type ShellLine = HostLine & { act(acted: Acted): void };

/** The line of a page in a browser: what a desktop's shell would answer or tell, the page does itself. */
export function withShell(line: HostLine, options: Options): ShellLine {
  let received: ((frame: unknown) => void) | undefined;
  /** The app's first call; once it is answered the app listens. */
  let helloId: number | undefined;
  /** What came before the app listens; undefined once it does. */
  let waiting: Acted[] | undefined = [];
  const tell = (body: Acted): void =>
    received?.({ kind: "notice", name: "notification:acted", body });

  function heard(frame: unknown): void {
    received?.(frame);
    if (typeof frame !== "object" || frame === null) return;
    if (!("id" in frame) || frame.id !== helloId || !("data" in frame)) return;
    const hello = parseWith(CALLS["host:hello"].data, frame.data);
    if (!hello.ok) return;
    options.greeted(hello.value.accounts.map(({ accountKey }) => accountKey));
    const acts = waiting ?? [];
    waiting = undefined;
    acts.forEach(tell);
  }

  return {
    post: (frame) => {
      if (frame.name === "shell:notification-test") {
        const { id } = frame;
        void options.testNotification().then((data) => received?.({ kind: "answer", id, data }));
        return;
      }
      if (frame.name === "host:hello") helloId = frame.id;
      if (frame.name === "account:report") {
        const report = parseWith(CALLS["account:report"].body, frame.body);
        if (report.ok) options.reported(report.value);
      }
      if (frame.name === "view:set") {
        const view = parseWith(CALLS["view:set"].body, frame.body);
        if (view.ok) options.viewed(view.value);
      }
      line.post(frame);
    },
    listen: (listener) => {
      received = listener;
      line.listen(heard);
    },
    act: (acted) => {
      if (waiting) waiting.push(acted);
      else tell(acted);
    },
  };
}
