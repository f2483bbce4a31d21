import { systemClock } from "@parley/client/connection/system-clock.ts";
import { MemoryLog } from "@parley/client/testing/memory-ports.ts";
import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import { NotificationServer } from "./notification-server.ts";
import { naughtyStrings, UNUSUAL_TEXTS } from "../../support/hostile-texts.ts";
import { startRealBus, whyNoRealDesktop } from "../../support/real-desktop.ts";
import { busSockets } from "../../../apps/desktop/src/main/dbus/bus-address.ts";
import { DesktopBus } from "../../../apps/desktop/src/main/dbus/desktop-bus.ts";
import type {
  NoticeOutcome,
  SystemNotice,
} from "../../../apps/desktop/src/main/notify/system-notifier.ts";
import { FreedesktopNotifier } from "../../../apps/desktop/src/main/notify/freedesktop/freedesktop-notifier.ts";
import {
  busText,
  escapeMarkup,
} from "../../../apps/desktop/src/main/notify/freedesktop/notify-call.ts";

/** Where the bus's program has to be had from Debian first. */
const WITH_INSTALLING_MS = 180_000;

const open: (() => PromiseLike<void> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

const notice = (tag: string, title: string, body: string): SystemNotice => ({
  tag,
  group: "account",
  title,
  body,
  openLabel: "Open",
  buttons: [{ id: "mark-read", label: "Mark as read" }],
  reply: { placeholder: `Reply to ${title}`, label: "Reply" },
  silent: false,
  urgent: false,
});

/** A notifier and a server on a bus of Debian's, which ends a connection over one wrong byte. */
async function onRealBus() {
  const bus = await startRealBus();
  open.push(() => bus[Symbol.asyncDispose]());
  const server = await NotificationServer.start(await bus.connect());
  const log = new MemoryLog();
  const sessionBus = new DesktopBus({
    sockets: () => busSockets(bus.env),
    clock: systemClock,
    log,
  });
  open.push(() => sessionBus.stop());
  const waiting = new Map<string, (outcome: NoticeOutcome) => void>();
  const identity = { appName: "Parley", desktopEntry: "parley", icon: "parley" };
  const notifier = new FreedesktopNotifier(
    { bus: sessionBus, clock: systemClock, log, identity },
    {
      outcome: ({ tag }, outcome) => waiting.get(tag)?.(outcome),
      event: () => undefined,
      system: () => undefined,
    },
  );
  open.push(() => notifier.stop());
  const show = (asked: SystemNotice) =>
    new Promise<NoticeOutcome>((resolve) => {
      waiting.set(asked.tag, resolve);
      notifier.show(asked);
    });
  return { server, show };
}

async function skipWithout(skip: (reason: string) => void): Promise<void> {
  const reason = await whyNoRealDesktop();
  if (reason !== undefined) skip(reason);
}

test(
  "every text that breaks programs arrives over a real bus as it was written, both directions of writing",
  async ({ skip }) => {
    await skipWithout(skip);
    const { server, show } = await onRealBus();
    const texts = [...UNUSUAL_TEXTS, ...naughtyStrings(), "x".repeat(100_000), "ا".repeat(20_000)];
    for (const text of texts) {
      const { state } = await show(notice("a", text, text));
      expect([state, text]).toEqual(["shown", text]);
      const [arrived] = server.shown;
      expect(arrived?.summary).toBe(busText(text));
      expect(arrived?.body).toBe(escapeMarkup(busText(text)));
    }
  },
  WITH_INSTALLING_MS,
);

test(
  "no string at all ends the line to a real bus",
  async ({ skip }) => {
    await skipWithout(skip);
    const { server, show } = await onRealBus();
    const anyText = fc.string({ unit: "binary", maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(anyText, anyText, async (title, body) => {
        expect(await show(notice("a", title, body))).toMatchObject({ state: "shown" });
        expect(server.shown[0]?.body).toBe(escapeMarkup(busText(body)));
      }),
      { numRuns: 60 },
    );
  },
  WITH_INSTALLING_MS,
);
