import type { AlertDecision } from "@parley/protocol/bridge/alerts.ts";
import type { NoticeBody } from "@parley/protocol/bridge/contract.ts";
import type { NotificationOutcome } from "@parley/protocol/bridge/shell.ts";
import type { Change } from "@parley/protocol/chat.ts";
import { type Event, REL } from "@parley/protocol/event.ts";
import type { AccountId, AccountKey, ChatId, ClientId, DataEpoch } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import type { Cancel, Clock, Log } from "../connection/ports.ts";
import { AlertLog } from "./alert-log.ts";
import type { DeviceAlerts } from "./alert-settings.ts";
import { digestOf, MAX_NOTIFICATIONS, type News, newsOf } from "./backlog.ts";
import type { Directory } from "./directory.ts";
import { type GatheredChat, GatheredNews } from "./gathered-news.ts";
import { MissedNotices } from "./missed-notices.ts";
import { decideNotification, type NotificationDecision } from "./notification-decision.ts";
import { type NotificationTexts, wordsOf } from "./notification-words.ts";
import type { HostStore, NotificationPermission, OpenContent } from "./ports.ts";
import { type AskHistory, ShownChecks } from "./shown-checks.ts";
import { type Edit, ShownMessages } from "./shown-messages.ts";

/** How often it is asked whether alerts are on again, while something is held back. */
const WAKE_LOOK_MS = 30_000;
/** A catch-up that takes longer keeps live messages waiting no more. */
const CATCH_UP_WAIT_MS = 10_000;
/** V52: what took longer from the server to here lay in a connection that stood still, or slept. */
const LATE_MS = 3_000;

export type AlertsOptions = {
  accountKey: AccountKey;
  me: AccountId;
  clock: Clock;
  log: Log;
  /** Where decisions are kept. */
  decisions: HostStore;
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
  /** Shows it where the one of the same message still is; absent where that cannot be known. */
  replace: ((notice: NoticeBody<"notification:show">) => void) | undefined;
  history: AskHistory;
  clear: (chatId: ChatId) => void;
};

/** V51, V52: decides on every arrived event of an account, and shows or withdraws notifications. */
export class AccountAlerts {
  readonly #options: AlertsOptions;
  readonly #log: AlertLog;
  readonly #missed = new MissedNotices();
  readonly #onScreen = new ShownMessages();
  readonly #checks: ShownChecks;
  /** Messages whose alert waits for another device. */
  readonly #waits = new Map<ClientId, Cancel>();
  /** What pages of a hello listed and nobody has decided on yet. */
  #listed: Change[] = [];
  /** Messages that arrived live during a catch-up. */
  #early: Event[] = [];
  #earlyTimer: Cancel | undefined;
  #wakeTimer: Cancel | undefined;
  readonly #gathered: GatheredNews;
  /** On the way to the screen: the disk and the content come first. */
  readonly #showing = new Set<ClientId>();

  constructor(options: AlertsOptions) {
    this.#options = options;
    this.#log = new AlertLog({ ...options, store: options.decisions });
    this.#checks = new ShownChecks({ ...options, learn: (event) => this.#learnFold(event) });
    this.#gathered = new GatheredNews(options.clock, (chats) =>
      this.#showNews(this.#newsIn(chats)),
    );
  }

  /** The last decisions about a chat's messages, newest last. */
  decisions(chatId: ChatId): AlertDecision[] {
    return this.#log.of(chatId);
  }

  /** What became of a notification that a window showed. */
  told(outcome: NotificationOutcome): void {
    this.#log.learn(outcome);
    this.#missed.told(outcome);
  }

  /** V52: a program that shows notifications is there again: what was missed lately is news of a time away. */
  shownAgain(): void {
    const { clock, directory, device, permission, isInView, serverNowMs } = this.#options;
    const missed = this.#missed.take(clock.nowMs());
    if (device.off !== undefined || permission() !== "granted") return;
    const wanted = missed.filter(({ chatId, seq, senderId }) => {
      const known = directory.chat(chatId);
      const isUnread = seq > (known?.readSeq ?? 0) && known?.counts?.unread !== 0;
      // A newer message of the chat is on the screen, or on its way there.
      const isNewest = seq >= (known?.shown?.seq ?? 0);
      const isQuiet = directory.isMuted(chatId, serverNowMs()) || directory.hasBlocked(senderId);
      return isUnread && isNewest && !isQuiet && !isInView(chatId);
    });
    this.#showNews(this.#newsIn(wanted.map((event) => ({ events: [event], isLate: true }))));
  }

  /** What an earlier run decided is known again; what it held back is told once alerts are on again. */
  async start(): Promise<void> {
    await this.#log.load();
    for (const chatId of this.#options.directory.shownChats()) this.#checks.doubt(chatId);
    this.look();
  }

  /** Decides on nothing more; resolves once all decisions are on the disk, or could not be written. */
  async stop(): Promise<void> {
    this.#wakeTimer?.();
    this.#earlyTimer?.();
    this.#gathered.stop();
    for (const cancel of this.#waits.values()) cancel();
    this.#waits.clear();
    await this.#log.stop();
  }

  /** An event arrived live. */
  arrived(event: Event): void {
    if (event.rel?.kind === REL.redact) this.#erased(event.chatId, event.rel.target);
    if (event.rel?.kind === REL.edit) this.#edited(event.chatId, event.rel.target, event);
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
    for (const change of changes) {
      if (change.kind !== "chat") continue;
      const { chatId, last } = change.chat;
      if (last) this.#learnFold(last);
      this.#checks.doubt(chatId);
      this.#listed.push(change);
    }
  }

  /** All that was listed is learned. `isNews` is false for the first hello of a device. */
  caughtUp(isNews: boolean): void {
    void this.#checks.ask();
    this.healed(isNews);
  }

  /** The same of a heal, which tells what a connection lost that stood all the time. */
  healed(isNews: boolean): void {
    const { directory } = this.#options;
    const news = newsOf(this.#listed.splice(0));
    const isNew = ({ event }: News): boolean =>
      !this.#waits.has(event.clientId) &&
      !this.#gathered.holds(event) &&
      event.seq > (directory.chat(event.chatId)?.notifiedThroughSeq ?? 0);
    if (isNews) {
      const shown = news.filter((one) => isNew(one) && this.#judge(one.event, true) === "show");
      for (const { event } of shown) this.#gathered.add(event, true);
      this.#showNews(this.#newsIn(this.#gathered.takeAll()));
    } else void directory.notified(news.map(({ event }) => event));
    this.#takeEarly();
  }

  /** S6c: by the numbers of another epoch nothing that was shown could be withdrawn any more. */
  setEpoch(dataEpoch: DataEpoch): void {
    const { directory } = this.#options;
    if (directory.epoch !== undefined && directory.epoch !== dataEpoch) this.withdrawAll();
    directory.setEpoch(dataEpoch);
  }

  /** S6c: the same for a server that lost data and does not say so by another epoch. */
  beginAnew(): void {
    this.withdrawAll();
    this.#listed = [];
    this.#options.directory.beginAnew();
  }

  /**
   * The account leaves this device, or its server was restored: nothing of it stays on the screen, and
   * nothing that was decided on comes there.
   */
  withdrawAll(): void {
    for (const cancel of this.#waits.values()) cancel();
    this.#waits.clear();
    this.#early = [];
    this.#gathered.takeAll();
    this.#showing.clear();
    for (const chatId of this.#options.directory.shownChats()) this.#withdraw(chatId);
  }

  /** Of chats less is unread: read, here or on another device, or deleted for everyone. */
  read(chatIds: readonly ChatId[]): void {
    for (const chatId of chatIds) {
      const known = this.#options.directory.chat(chatId);
      if (!known?.shown) continue;
      const isRead = known.readSeq >= known.shown.seq || known.counts?.unread === 0;
      if (isRead) this.#withdraw(chatId);
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
      ({ chatId, seq, senderId }) =>
        seq > (directory.chat(chatId)?.readSeq ?? 0) &&
        // V33: blocked meanwhile; in a group others may have written too.
        !(directory.chat(chatId)?.kind === "direct" && directory.hasBlocked(senderId)) &&
        // Deleted for everyone meanwhile.
        directory.chat(chatId)?.counts?.unread !== 0 &&
        !directory.isMuted(chatId, serverNowMs()),
    );
    const newest = unread.at(-1);
    if (newest && device.settings.wakeDigest && this.#options.permission() === "granted") {
      this.#showSum(
        unread.map(({ chatId }) => chatId),
        newest,
      );
    }
  }

  #learnFold({ chatId, clientId, fold }: Event): void {
    if (fold?.erased) this.#erased(chatId, clientId);
    else if (fold?.edit) this.#edited(chatId, clientId, fold.edit);
  }

  /** V61: what is on its way to the screen is shown as it reads now, and what is there says so. */
  #edited(
    chatId: ChatId,
    target: ClientId,
    { seq, alg, payload, contentHash }: Omit<Edit, "contentHash"> & { contentHash?: string },
  ): void {
    if (payload === null) return;
    if (!this.#onScreen.edited(target, { seq, alg, payload, contentHash })) return;
    const news = this.#onScreen.of(chatId);
    if (news?.event.clientId === target) void this.#safely(this.#showAnew(news));
  }

  async #showAnew(news: News): Promise<void> {
    const { replace, directory } = this.#options;
    const notice = await this.#noticeOf(news);
    // Read, deleted, or followed by another one meanwhile.
    if (this.#onScreen.of(news.event.chatId) !== news) return;
    if (directory.chat(news.event.chatId)?.shown?.clientId === news.event.clientId) {
      replace?.(notice);
    }
  }

  #withdraw(chatId: ChatId): void {
    this.#onScreen.withdrawn(chatId);
    this.#options.directory.withdrawn(chatId);
    this.#options.clear(chatId);
  }

  /** S13: what was deleted for everyone is neither shown later nor left on the screen. */
  #erased(chatId: ChatId, target: ClientId): void {
    this.#waits.get(target)?.();
    this.#waits.delete(target);
    this.#gathered.erase(chatId, target);
    this.#missed.erase(target);
    this.#showing.delete(target);
    if (this.#options.directory.chat(chatId)?.shown?.clientId === target) this.#withdraw(chatId);
  }

  #take(event: Event): void {
    if (this.#waits.has(event.clientId) || this.#gathered.holds(event)) return;
    const isLate = this.#options.serverNowMs() - event.at > LATE_MS;
    if (this.#judge(event, false) === "show") this.#gathered.add(event, isLate);
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

  #passedOver({ chatId, clientId, seq, senderId }: Event, isHeld: boolean): void {
    const { directory, clock } = this.#options;
    directory.passedOver(chatId, seq);
    if (!isHeld) return;
    directory.hold({ chatId, clientId, seq, senderId });
    this.#wakeTimer ??= clock.setTimer(() => this.look(), WAKE_LOOK_MS);
  }

  /** Of each chat its newest message; late ones, and many at once, stand for all that is unread there. */
  #newsIn(chats: readonly GatheredChat[]): News[] {
    const { directory, me } = this.#options;
    const isDigest = chats.length > MAX_NOTIFICATIONS;
    return chats.flatMap(({ events, isLate }) => {
      const event = events.toSorted((a, b) => a.seq - b.seq).at(-1);
      if (!event) return [];
      const known = directory.chat(event.chatId);
      // Read while it was gathered.
      if (event.seq <= (known?.readSeq ?? 0)) return [];
      const named = events.filter(({ mentions }) => mentions?.includes(me)).length;
      if (!isLate && !isDigest) return [{ event, unread: 1, mentions: named }];
      const { unread = events.length, mentions = named } = known?.counts ?? {};
      return [{ event, unread: Math.max(1, unread), mentions }];
    });
  }

  /** V52: at most five at a time, what is beyond that in one. */
  #showNews(news: readonly News[]): void {
    if (news.length === 0) return;
    const { told, summed } = digestOf(news);
    for (const one of summed) this.#note(one.event, { act: "show", reason: "in-summary" });
    for (const { event } of news) this.#showing.add(event.clientId);
    // One write for all, before anything asynchronous: what is decided is not decided again.
    const kept = this.#options.directory.notified(news.map(({ event }) => event));
    void this.#showDigest(told, summed, kept);
  }

  /** S18: the device that has the chat in view may read it; then nothing is shown. */
  #wait(event: Event, backlog: boolean): void {
    const cancel = this.#options.clock.setTimer(() => {
      this.#waits.delete(event.clientId);
      if (this.#judge(event, backlog, true) === "show") this.#gathered.add(event, backlog);
    }, LIMITS.attentionWaitMs);
    this.#waits.set(event.clientId, cancel);
  }

  /** V27: shown once it is on the disk that it was, so that a crash in between tells nothing twice. */
  async #showDigest(
    told: readonly News[],
    summed: readonly News[],
    kept: Promise<void>,
  ): Promise<void> {
    await kept;
    for (const one of told) await this.#safely(this.#show(one));
    const left = summed.filter(({ event }) => this.#isWanted(event));
    const [first] = left;
    if (first) {
      const events = left.map(({ event }) => event);
      this.#missed.handed(first.event.clientId, events, this.#options.clock.nowMs());
      this.#showSum(
        left.map(({ event }) => event.chatId),
        first.event,
      );
    }
    for (const { event } of [...told, ...summed]) this.#showing.delete(event.clientId);
  }

  async #safely(shows: Promise<void>): Promise<void> {
    try {
      await shows;
    } catch (error) {
      this.#options.log.warn("A notification could not be shown.", { error: String(error) });
    }
  }

  /** Neither read nor deleted since it was decided on. */
  #isWanted({ chatId, clientId, seq }: Event): boolean {
    const { directory } = this.#options;
    return this.#showing.has(clientId) && seq > (directory.chat(chatId)?.readSeq ?? 0);
  }

  async #show(news: News): Promise<void> {
    const { event } = news;
    if (!this.#isWanted(event)) return;
    const notice = await this.#noticeOf(news);
    // Read, or deleted, while its content was opened.
    if (!this.#isWanted(event)) return;
    this.#missed.handed(event.clientId, [event], this.#options.clock.nowMs());
    this.#hand(notice, event.seq);
    this.#onScreen.shown(news);
  }

  /** What is told of a message, as it reads by the time it is opened. */
  async #noticeOf({ event, unread }: News): Promise<NoticeBody<"notification:show">> {
    const { accountKey, me, directory, device, texts, open } = this.#options;
    const { chatId, clientId } = event;
    const { settings } = device;
    const own = directory.alertOf(chatId);
    const preview = own?.preview ?? settings.preview;
    const sound = own?.sound ?? null;
    let written = this.#onScreen.textOf(event);
    let content = preview === "all" ? await open(written) : { type: "unknown" as const };
    while (preview === "all" && this.#onScreen.textOf(event).payload !== written.payload) {
      written = this.#onScreen.textOf(event);
      content = await open(written);
    }
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
    return {
      accountKey,
      chatId,
      clientId,
      ...words,
      ...((!settings.sound || sound === "none") && { silent: true }),
      ...(sound !== null && sound !== "none" && { sound }),
      ...(event.mentions?.includes(me) && { urgent: true }),
      ...(preview === "none" && { canReply: false }),
    };
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
    this.#onScreen.withdrawn(chatId);
    if (show(notice)) return;
    const atMs = Math.round(clock.nowMs());
    this.#log.learn({ state: "unavailable", atMs, of: { accountKey, chatId, clientId } });
  }
}
