import type { Cancel, Clock, Log } from "@parley/client/connection/ports.ts";
import type { NotificationSystem } from "@parley/protocol/bridge/shell.ts";
import { variant } from "../../dbus/desktop-bus.ts";
import type { BusAnswer, BusFailure, BusSignal, SessionBus } from "../../dbus/ports.ts";
import { NoticeQueue } from "../notice-queue.ts";
import type {
  KeptNotice,
  NoticeOutcome,
  NotifierListener,
  SystemNotice,
  SystemNotifier,
} from "../system-notifier.ts";
import {
  busText,
  type Capabilities,
  DEFAULT_ACTION,
  type Identity,
  notifyArguments,
  REPLY_ACTION,
} from "./notify-call.ts";

const NAME = "org.freedesktop.Notifications";
const SERVER = { destination: NAME, path: "/org/freedesktop/Notifications", interface: NAME };
/** A server that takes longer counts as hung: it is waited for, and nothing more is sent to it. */
export const ANSWER_MS = 3_000;
/** Handles of what is on the screen; who has more chats with notifications does not look at them. */
const MAX_SHOWN = 200;
const ASKED_TWICE_MS = 15_000;
/** Signals that are kept while a notice has no id yet. */
const MAX_EARLY = 20;
/** Reasons of NotificationClosed: it left the screen, but lists of some desktops still have it. */
const EXPIRED = 1;

type Options = { bus: SessionBus; clock: Clock; log: Log; identity: Identity };

/** The server's own words on why it did not show something, as an outcome. */
function refused(failure: BusFailure): NoticeOutcome {
  const detail = (failure.name === undefined ? "" : `${failure.name}: `) + failure.message;
  const isDenied = /AccessDenied|NotAuthorized/.test(failure.name ?? "");
  const isAbsent = /ServiceUnknown|NameHasNoOwner|Spawn/.test(failure.name ?? "");
  if (failure.kind === "gone" || isAbsent) return { state: "unavailable", detail };
  return { state: isDenied ? "denied" : "failed", detail };
}

const ENDED: BusAnswer = {
  ok: false,
  failure: {
    kind: "refused",
    name: "org.freedesktop.DBus.Error.NoReply",
    message: "The server has ended.",
  },
};

function hasEnded(answer: BusAnswer): boolean {
  return !answer.ok && /\.(?:NoReply|Disconnected)$/.test(answer.failure.name ?? "");
}

function isUnavailable(answer: BusAnswer): boolean {
  return !answer.ok && refused(answer.failure).state === "unavailable";
}

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value > 0;
}

/**
 * Notifications by org.freedesktop.Notifications, asynchronously. One call is under way at a time, so that
 * a server that hangs finds one message when it goes on, not all that came meanwhile: what waits is bounded
 * and merged by tag.
 *
 *   idle --job--> calling --answer--> idle
 *                    | no answer within ANSWER_MS: `waiting`, system hung, the server is asked again
 *                    | whether it lives
 *                    +--> answer, however late: as above
 *                    +--> it answers the second question but not the first: the job failed
 *                    +--> its name changes hands: the bus answers for it
 */
export class FreedesktopNotifier implements SystemNotifier {
  readonly #options: Options;
  readonly #listener: NotifierListener;
  readonly #queue = new NoticeQueue<SystemNotice>();
  /** What is on the screen, by tag; oldest first. */
  readonly #ids = new Map<string, number>();
  readonly #tokens = new Map<number, string>();
  /** What was done to a notice that is just being shown: it can come with the answer that tells its id. */
  #early: BusSignal[] = [];
  readonly #stops: Cancel[];
  /** Those of an earlier run, until it is known who shows notifications. */
  #kept: readonly KeptNotice[] = [];
  /** Which of these are no longer wanted. */
  readonly #unwanted = new Set<string>();
  #owner: string | undefined;
  #capabilities: Promise<Capabilities> | undefined;
  #system: NotificationSystem = { by: "dbus", state: "unknown", canAct: false, canReply: false };
  #isWorking = false;
  #isStopped = false;
  /** Ends the call that is under way: whoever it went to is not there any more. */
  #serverEnded: () => void = () => undefined;

  constructor(options: Options, listener: NotifierListener) {
    this.#options = options;
    this.#listener = listener;
    const { bus } = options;
    this.#stops = [
      bus.onOwner(NAME, (owner) => this.#ownerChanged(owner)),
      bus.onSignal({ interface: NAME, path: SERVER.path }, (signal) => this.#heard(signal)),
    ];
  }

  get system(): NotificationSystem {
    return this.#system;
  }

  show(notice: SystemNotice): void {
    if (this.#isStopped) return;
    this.#tellDisplaced(this.#queue.show(notice.tag, notice));
    void this.#work();
  }

  close(tag: string): void {
    if (this.#isStopped) return;
    if (this.#kept.some((one) => one.tag === tag)) this.#unwanted.add(tag);
    this.#tellDisplaced(this.#queue.close(tag, this.#ids.has(tag) || this.#isWorking));
    void this.#work();
  }

  restore(kept: readonly KeptNotice[]): void {
    this.#kept = kept;
    this.#takeBack();
  }

  stop(): void {
    this.#isStopped = true;
    for (const stop of this.#stops) stop();
  }

  #tellDisplaced(displaced: ReturnType<NoticeQueue<SystemNotice>["close"]>): void {
    for (const { notice, state } of displaced) this.#listener.outcome(notice, { state });
  }

  /** Does one job after the other until none is left. */
  async #work(): Promise<void> {
    if (this.#isWorking) return;
    this.#isWorking = true;
    try {
      for (let job = this.#queue.take(); job; job = this.#queue.take()) {
        if (this.#isStopped) return;
        if (job.notice) await this.#show(job.notice);
        else await this.#close(job.tag);
      }
    } finally {
      this.#isWorking = false;
      this.#early = [];
    }
  }

  async #show(notice: SystemNotice): Promise<void> {
    const { identity } = this.#options;
    const { tag } = notice;
    const can = await this.#can();
    const replacesId = this.#ids.get(tag) ?? 0;
    const call = notifyArguments(notice, { can, identity, replacesId });
    const hints = Object.fromEntries(
      call.hints.map(([name, signature, value]) => [name, variant(signature, value)]),
    );
    const args = {
      signature: "susssasa{sv}i",
      body: [
        busText(call.appName),
        call.replacesId,
        call.appIcon,
        call.summary,
        call.body,
        call.actions,
        hints,
        call.expireTimeoutMs,
      ],
    };
    const owner = this.#owner;
    let answer = await this.#ask("Notify", notice, args);
    // The server ended with the question in its hands, or came just after it: who is there now is asked.
    const hasCome = this.#owner !== undefined && this.#owner !== owner;
    if (hasEnded(answer) || (hasCome && isUnavailable(answer))) {
      args.body[1] = 0;
      answer = await this.#ask("Notify", notice, args);
    }
    if (!answer.ok) return this.#listener.outcome(notice, refused(answer.failure));
    const [id] = answer.values;
    if (!isNumber(id)) {
      return this.#listener.outcome(notice, { state: "failed", detail: "It was given no id." });
    }
    this.#remember(tag, id);
    this.#listener.outcome(notice, { state: "shown", handle: `${this.#server}#${id}` });
    for (const signal of this.#early.splice(0)) this.#heard(signal);
  }

  async #close(tag: string): Promise<void> {
    const id = this.#ids.get(tag);
    if (id === undefined) return;
    this.#ids.delete(tag);
    // Whether it was still there does not matter.
    await this.#ask("CloseNotification", undefined, { signature: "u", body: [id] });
  }

  /** Calls the server; without an answer in time it counts as hung until it gives one. */
  async #ask(
    member: string,
    notice: SystemNotice | undefined,
    args: { signature?: string; body?: unknown[] } = {},
  ): Promise<BusAnswer> {
    const { bus, clock } = this.#options;
    const lost = Promise.withResolvers<BusAnswer>();
    this.#serverEnded = () => lost.resolve(ENDED);
    let cancel = clock.setTimer(() => {
      this.#setState("hung");
      if (notice) this.#listener.outcome(notice, { state: "waiting" });
      void this.#probe(lost.resolve, (stop) => (cancel = stop));
    }, ANSWER_MS);
    const answer = await Promise.race([bus.call({ ...SERVER, member, ...args }), lost.promise]);
    cancel();
    if (answer.ok) this.#setState("ready");
    // Whoever has the name by now came after this was said.
    else if (isUnavailable(answer) && this.#owner === undefined) this.#setState("absent");
    return answer;
  }

  /** A server that answers this but not what was asked before has lost that. */
  async #probe(lost: (answer: BusAnswer) => void, waiting: (stop: Cancel) => void): Promise<void> {
    const { bus, clock } = this.#options;
    const alive = await bus.call({ ...SERVER, member: "GetServerInformation" });
    if (!alive.ok) return;
    waiting(
      clock.setTimer(() => {
        lost({ ok: false, failure: { kind: "timeout", message: "The server never answered." } });
      }, ASKED_TWICE_MS),
    );
  }

  /** What the server can do; asked once of each server. One that does not say can show a body. */
  #can(): Promise<Capabilities> {
    this.#capabilities ??= this.#learn();
    return this.#capabilities;
  }

  async #learn(): Promise<Capabilities> {
    const answer = await this.#ask("GetCapabilities", undefined);
    const listed = answer.ok && Array.isArray(answer.values[0]) ? answer.values[0] : undefined;
    const can = new Set<string>(["body"]);
    if (listed) {
      can.clear();
      for (const name of listed) if (typeof name === "string") can.add(name);
    } else {
      // Asked anew with the next notice.
      this.#capabilities = undefined;
    }
    void this.#learnName();
    this.#change({ canAct: can.has("actions"), canReply: can.has(REPLY_ACTION) });
    return can;
  }

  async #learnName(): Promise<void> {
    const call = { ...SERVER, member: "GetServerInformation" };
    const answer = await this.#options.bus.call(call, ANSWER_MS);
    if (!answer.ok) return;
    const [name, , version] = answer.values;
    this.#change({ name: `${String(name)} ${String(version)}`.slice(0, 200) });
  }

  /** The server by the name of its bus too: after a new login another one may have its name. */
  get #server(): string {
    return `${this.#options.bus.id ?? ""}/${this.#owner ?? ""}`;
  }

  #remember(tag: string, id: number): void {
    // A server gives an id anew once what had it is gone, and does not always say that it is.
    for (const [other, known] of this.#ids) {
      if (known !== id || other === tag) continue;
      this.#ids.delete(other);
      this.#listener.event(other, { kind: "gone" });
    }
    const before = this.#ids.get(tag);
    // It was not known in time to be replaced.
    if (before !== undefined && before !== id) void this.#takeAway(before);
    this.#ids.delete(tag);
    this.#ids.set(tag, id);
    const [oldest] = this.#ids;
    if (oldest && this.#ids.size > MAX_SHOWN) this.#ids.delete(oldest[0]);
  }

  /** Another server knows nothing of what the one before showed. */
  #ownerChanged(owner: string | undefined): void {
    if (owner === this.#owner) return;
    const was = this.#owner;
    this.#owner = owner;
    this.#capabilities = undefined;
    this.#tokens.clear();
    if (was !== undefined) {
      this.#serverEnded();
      for (const tag of this.#ids.keys()) this.#listener.event(tag, { kind: "gone" });
      this.#ids.clear();
    }
    this.#setState(owner === undefined ? "absent" : "ready");
    this.#takeBack();
    if (owner !== undefined) void this.#can();
  }

  /** Takes one from the screen that no tag names; one that hangs is not waited for. */
  async #takeAway(id: number): Promise<void> {
    const call = { ...SERVER, member: "CloseNotification", signature: "u", body: [id] };
    await this.#options.bus.call(call, ANSWER_MS);
  }

  #takeBack(): void {
    if (this.#owner === undefined) return;
    for (const { tag, handle } of this.#kept) {
      const [server, id = ""] = handle.split("#");
      if (server !== this.#server) this.#listener.event(tag, { kind: "gone" });
      else if (!/^[1-9]\d{0,9}$/.test(id)) continue;
      else if (this.#ids.has(tag) || this.#unwanted.has(tag)) void this.#takeAway(Number(id));
      else this.#remember(tag, Number(id));
    }
    this.#kept = [];
    this.#unwanted.clear();
  }

  #heard(signal: BusSignal): void {
    const { sender, member, body } = signal;
    // Anybody on the bus may send a signal of this name.
    if (sender !== this.#owner) return;
    const [id, said] = body;
    if (!isNumber(id)) return;
    const tag = [...this.#ids].find(([, known]) => known === id)?.[0];
    if (tag === undefined) {
      // Of another program's notice, or of one of ours whose id is on its way.
      if (this.#isWorking) this.#early = [...this.#early.slice(1 - MAX_EARLY), signal];
      return;
    }
    if (member === "ActivationToken" && typeof said === "string") this.#tokens.set(id, said);
    else if (member === "ActionInvoked" && typeof said === "string") this.#invoked(tag, id, said);
    else if (member === "NotificationReplied" && typeof said === "string") {
      this.#listener.event(tag, { kind: "replied", text: said });
    } else if (member === "NotificationClosed") this.#closed(tag, id, said);
  }

  #invoked(tag: string, id: number, action: string): void {
    const activationToken = this.#tokens.get(id);
    this.#tokens.delete(id);
    if (action === DEFAULT_ACTION) {
      this.#listener.event(tag, {
        kind: "clicked",
        ...(activationToken !== undefined && { activationToken }),
      });
    } else if (action !== REPLY_ACTION) this.#listener.event(tag, { kind: "button", id: action });
  }

  #closed(tag: string, id: number, reason: unknown): void {
    this.#tokens.delete(id);
    // Lists of notifications still have what only left the screen, and it can be clicked there.
    if (reason === EXPIRED) return;
    this.#ids.delete(tag);
    this.#listener.event(tag, { kind: "gone" });
  }

  #setState(state: NotificationSystem["state"]): void {
    this.#change({ state });
  }

  #change(change: Partial<NotificationSystem>): void {
    const next = { ...this.#system, ...change };
    if (JSON.stringify(next) === JSON.stringify(this.#system)) return;
    this.#system = next;
    this.#listener.system(next);
  }
}
