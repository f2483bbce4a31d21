import type { AlertDecision } from "@parley/protocol/bridge/alerts.ts";
import type { NoticeBody } from "@parley/protocol/bridge/contract.ts";
import type { NotificationOutcome } from "@parley/protocol/bridge/shell.ts";
import type { Change } from "@parley/protocol/chat.ts";
import { type Event, REL } from "@parley/protocol/event.ts";
import type { AccountId, AccountKey, ChatId, ClientId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import type { Cancel, Clock, Log } from "../connection/ports.ts";
import { AlertLog } from "./alert-log.ts";
import type { DeviceAlerts } from "./alert-settings.ts";
import { digestOf, type News, newsOf } from "./backlog.ts";
import type { Directory } from "./directory.ts";
import { decideNotification, type NotificationDecision } from "./notification-decision.ts";
import { type NotificationTexts, wordsOf } from "./notification-words.ts";
import type { NotificationPermission, OpenContent } from "./ports.ts";

/** How often it is asked whether alerts are on again, while something is held back. */
const WAKE_LOOK_MS = 30_000;
/** A catch-up that takes longer keeps live messages waiting no more. */
const CATCH_UP_WAIT_MS = 10_000;

export type AlertsOptions = {
  accountKey: AccountKey;
  me: AccountId;
  clock: Clock;
  log: Log;
  directory: Directory;
  device: DeviceAlerts;
  texts: NotificationTexts;
  permission: () => NotificationPermission;
  open: OpenContent;
  isInView: (chatId: ChatId) => boolean;
  isInViewElsewhere: (chatId: ChatId) => boolean;
  /** Whether pages of a hello are still to come: mutes, blocks and marks may be older than what arrives. */
  isCatchingUp: () => boolean;
  /** The server's clock, as well as it is known here, ms since 1970. */
  serverNowMs: () => number;
  /** Shows it, by the shell or by one window; false if there is none. */
  show: (notice: NoticeBody<"notification:show">) => boolean;
  clear: (chatId: ChatId) => void;
};

/** V51, V52: decides on every arrived event of an account, and shows or withdraws notifications. */
export class AccountAlerts {
  readonly #options: AlertsOptions;
  readonly #log = new AlertLog();
  /** Messages whose alert waits for another device. */
  readonly #waits = new Map<ClientId, Cancel>();
  /** What pages of a hello listed and nobody has decided on yet. */
  #listed: Change[] = [];
  /** Messages that arrived live during a catch-up. */
  #early: Event[] = [];
  #earlyTimer: Cancel | undefined;
  #wakeTimer: Cancel | undefined;

  constructor(options: AlertsOptions) {
    this.#options = options;
  }

  /** The last decisions about a chat's messages, newest last. */
  decisions(chatId: ChatId): AlertDecision[] {
    return this.#log.of(chatId);
  }

  /** What became of a notification that a window showed. */
  told(outcome: NotificationOutcome): void {
    this.#log.learn(outcome);
  }

  /** What an earlier run held back is told once alerts are on again. */
  start(): void {
    this.look();
  }

  stop(): void {
    this.#wakeTimer?.();
    this.#earlyTimer?.();
    for (const cancel of this.#waits.values()) cancel();
    this.#waits.clear();
  }

  /** An event arrived live. */
  arrived(event: Event): void {
    const { directory } = this.#options;
    if (event.rel?.kind === REL.redact) {
      const { chatId, rel } = event;
      if (directory.chat(chatId)?.shown?.clientId === rel.target) this.#withdraw(chatId);
    }
    if (!this.#options.isCatchingUp()) {
      this.#take(event);
      return;
    }
    // V42: whether the chat was muted meanwhile stands on a page that is still to come.
    this.#early.push(event);
    this.#earlyTimer ??= this.#options.clock.setTimer(() => this.#takeEarly(), CATCH_UP_WAIT_MS);
  }

  /** V52: pages of a hello list what came while the account was away; decided on by `caughtUp`. */
  listed(changes: readonly Change[]): void {
    for (const change of changes) if (change.kind === "chat") this.#listed.push(change);
  }

  /** All that was listed is learned. `isNews` is false for the first hello of a device. */
  caughtUp(isNews: boolean): void {
    const { directory } = this.#options;
    const news = newsOf(this.#listed.splice(0));
    const isNew = ({ event }: News): boolean =>
      !this.#waits.has(event.clientId) &&
      event.seq > (directory.chat(event.chatId)?.notifiedThroughSeq ?? 0);
    if (isNews) {
      const shown = news.filter((one) => isNew(one) && this.#judge(one.event, true) === "show");
      const { told, summed } = digestOf(shown);
      for (const one of summed) this.#note(one.event, { act: "show", reason: "in-summary" });
      // One write for all: what was decided is kept before anything is seen.
      const kept = directory.notified(shown.map(({ event }) => event));
      void this.#showDigest(told, summed, kept);
    } else void directory.notified(news.map(({ event }) => event));
    this.#takeEarly();
  }

  /** The account leaves this device: nothing of it stays on the screen. */
  withdrawAll(): void {
    for (const chatId of this.#options.directory.shownChats()) this.#withdraw(chatId);
  }

  /** Chats were read, here or on another device. */
  read(chatIds: readonly ChatId[]): void {
    for (const chatId of chatIds) {
      const known = this.#options.directory.chat(chatId);
      if (known?.shown && known.readSeq >= known.shown.seq) this.#withdraw(chatId);
    }
  }

  /** Alerts may be on again: what was held back and is still unread is told by one notification. */
  look(): void {
    this.#wakeTimer?.();
    this.#wakeTimer = undefined;
    const { directory, device, clock, serverNowMs } = this.#options;
    const held = directory.held();
    if (held.length === 0) return;
    if (device.off !== undefined) {
      this.#wakeTimer = clock.setTimer(() => this.look(), WAKE_LOOK_MS);
      return;
    }
    directory.letGo();
    const unread = held.filter(
      ({ chatId, seq }) =>
        seq > (directory.chat(chatId)?.readSeq ?? 0) && !directory.isMuted(chatId, serverNowMs()),
    );
    const newest = unread.at(-1);
    if (newest && device.settings.wakeDigest && this.#options.permission() === "granted") {
      this.#showSum(
        unread.map(({ chatId }) => chatId),
        newest,
      );
    }
  }

  #withdraw(chatId: ChatId): void {
    this.#options.directory.withdrawn(chatId);
    this.#options.clear(chatId);
  }

  #take(event: Event): void {
    if (!this.#waits.has(event.clientId)) this.#decide(event, false);
  }

  #takeEarly(): void {
    this.#earlyTimer?.();
    this.#earlyTimer = undefined;
    for (const event of this.#early.splice(0)) this.#take(event);
  }

  /** Decides and notes it; what waits is decided on again. */
  #judge(event: Event, backlog: boolean, waited = false): NotificationDecision["act"] {
    const { directory, me, permission, isInView, isInViewElsewhere, device } = this.#options;
    const known = directory.chat(event.chatId);
    const decision = decideNotification({
      event,
      me,
      backlog,
      waited,
      readSeq: known?.readSeq ?? 0,
      notifiedThroughSeq: known?.notifiedThroughSeq ?? 0,
      shownSeq: known?.shown?.seq ?? 0,
      muted: directory.isMuted(event.chatId, event.at),
      blocked: directory.hasBlocked(event.senderId),
      chatInView: isInView(event.chatId),
      inViewElsewhere: isInViewElsewhere(event.chatId),
      off: device.off,
      permission: permission(),
    });
    this.#note(event, decision);
    if (decision.act === "wait") this.#wait(event, backlog);
    if (decision.act === "none") this.#passedOver(event, decision.isHeld);
    return decision.act;
  }

  #note(event: Event, { act, reason }: Pick<NotificationDecision, "act" | "reason">): void {
    const { chatId, clientId, seq } = event;
    const atMs = Math.round(this.#options.clock.nowMs());
    this.#log.add(chatId, { clientId, seq, atMs, act, reason });
  }

  #passedOver({ chatId, clientId, seq }: Event, isHeld: boolean): void {
    const { directory, clock } = this.#options;
    directory.passedOver(chatId, seq);
    if (!isHeld) return;
    directory.hold({ chatId, clientId, seq });
    this.#wakeTimer ??= clock.setTimer(() => this.look(), WAKE_LOOK_MS);
  }

  #decide(event: Event, backlog: boolean, waited = false): void {
    if (this.#judge(event, backlog, waited) !== "show") return;
    // Before anything asynchronous: the same event arriving again is not notified again.
    const kept = this.#options.directory.notified([event]);
    void this.#showSafely({ event, unread: 1, mentions: 0 }, kept);
  }

  /** S18: the device that has the chat in view may read it; then nothing is shown. */
  #wait(event: Event, backlog: boolean): void {
    const cancel = this.#options.clock.setTimer(() => {
      this.#waits.delete(event.clientId);
      this.#decide(event, backlog, true);
    }, LIMITS.attentionWaitMs);
    this.#waits.set(event.clientId, cancel);
  }

  async #showDigest(
    told: readonly News[],
    summed: readonly News[],
    kept: Promise<void>,
  ): Promise<void> {
    await kept;
    for (const one of told) await this.#showSafely(one, kept);
    const [first] = summed;
    if (first)
      this.#showSum(
        summed.map(({ event }) => event.chatId),
        first.event,
      );
  }

  /** V27: shown once it is on the disk that it was, so that a crash in between tells nothing twice. */
  async #showSafely(news: News, kept: Promise<void>): Promise<void> {
    try {
      await kept;
      await this.#show(news);
    } catch (error) {
      this.#options.log.warn("A notification could not be shown.", { error: String(error) });
    }
  }

  async #show({ event, unread }: News): Promise<void> {
    const { accountKey, me, directory, device, texts, open } = this.#options;
    const { chatId, clientId, seq } = event;
    const { settings } = device;
    const own = directory.alertOf(chatId);
    const preview = own?.preview ?? settings.preview;
    const sound = own?.sound ?? null;
    const content = preview === "all" ? await open(event) : { type: "unknown" as const };
    // Read while its content was opened.
    if (seq <= (directory.chat(chatId)?.readSeq ?? 0)) return;
    const words = wordsOf(
      {
        preview,
        unread,
        text: content.type === "text" ? content.text : undefined,
        sender: directory.nameOf(event.senderId),
        groupTitle: directory.chat(chatId)?.title ?? null,
      },
      texts,
    );
    this.#hand(
      {
        accountKey,
        chatId,
        clientId,
        ...words,
        ...((!settings.sound || sound === "none") && { silent: true }),
        ...(sound !== null && sound !== "none" && { sound }),
        ...(event.mentions?.includes(me) && { urgent: true }),
        ...(preview === "none" && { canReply: false }),
      },
      seq,
    );
  }

  /** One notification for several chats, which opens one of them. */
  #showSum(chatIds: readonly ChatId[], at: Pick<Event, "chatId" | "clientId" | "seq">): void {
    const { accountKey, directory, device, texts } = this.#options;
    const { chatId, clientId, seq } = at;
    const messages = chatIds.reduce(
      (sum, id) => sum + (directory.chat(id)?.counts?.unread ?? 1),
      0,
    );
    this.#hand(
      {
        accountKey,
        chatId,
        clientId,
        title: texts.someone,
        body: texts.unreadIn(messages, chatIds.length),
        canReply: false,
        ...(!device.settings.sound && { silent: true }),
      },
      seq,
    );
  }

  #hand(notice: NoticeBody<"notification:show">, seq: number): void {
    const { accountKey, chatId, clientId } = notice;
    const { directory, show, clock } = this.#options;
    directory.shown(chatId, { seq, clientId });
    if (show(notice)) return;
    const atMs = Math.round(clock.nowMs());
    this.#log.learn({ state: "unavailable", atMs, of: { accountKey, chatId, clientId } });
  }
}
