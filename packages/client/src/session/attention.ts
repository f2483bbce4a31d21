import { isRetryable, type Result } from "@parley/protocol/errors.ts";
import type { AccountId, ChatId, DeviceId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import type { Presence } from "@parley/protocol/person.ts";
import type { Connection } from "../connection/connection.ts";
import type { Cancel, Clock } from "../connection/ports.ts";
import type { PushBody } from "@parley/protocol/socket/pushes.ts";
import { chatsInView, type Interest, interestOf, isInView, type View } from "./interest.ts";

/** Views of several windows that change together are told once. */
const TELL_AFTER_MS = 25;
/** What the server did not take is said again after this long, if it names no other time. */
const AGAIN_AFTER_MS = 2_000;

type Deps = {
  clock: Clock;
  request: Connection["request"];
  isLive: () => boolean;
  presencesChanged: (presences: readonly Presence[]) => void;
};

/** What another device of the account has in view. */
type Lease = { chatIds: readonly ChatId[]; untilMs: number; end: Cancel };

/**
 * S10, S18: what the windows of an account show, and what of others is wanted for it: open chats, watched
 * presence, whether the user is there. Told to the server only when it changed or the connection is new.
 */
export class Attention {
  readonly #deps: Deps;
  readonly #views = new Map<string, View>();
  readonly #presences = new Map<AccountId, Presence>();
  readonly #elsewhere = new Map<DeviceId, Lease>();
  #told: Partial<Record<keyof Interest, string | undefined>> = {};
  /** S18: other connections of the account, which want to hear of our attention. */
  #others = 0;
  #lease = "[]";
  #leaseTimer: Cancel | undefined;
  #timer: Cancel | undefined;
  #again: Cancel | undefined;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** What all windows together want to hear of. */
  get interest(): Interest {
    return interestOf(this.#views.values());
  }

  get presences(): Presence[] {
    return [...this.#presences.values()];
  }

  windowIds(): string[] {
    return [...this.#views.keys()];
  }

  isVisible(windowId: string): boolean {
    return this.#views.get(windowId)?.visible ?? false;
  }

  isInView(chatId: ChatId): boolean {
    return isInView(this.#views.values(), chatId);
  }

  /** S18: whether another device has the chat in view, as far as it has said lately. */
  isInViewElsewhere(chatId: ChatId): boolean {
    const nowMs = this.#deps.clock.nowMs();
    return [...this.#elsewhere.values()].some(
      ({ chatIds, untilMs }) => untilMs > nowMs && chatIds.includes(chatId),
    );
  }

  /**
   * S18: what another device of the account says of itself, and for how long: no clock but ours counts.
   * A timer ends it too, for our own clock may be put back.
   */
  learnElsewhere({ deviceId, chatIds, forMs }: PushBody<"attention:changed">): void {
    this.#elsewhere.get(deviceId)?.end();
    this.#elsewhere.delete(deviceId);
    if (chatIds.length === 0) return;
    const { clock } = this.#deps;
    const end = clock.setTimer(() => this.#elsewhere.delete(deviceId), forMs);
    this.#elsewhere.set(deviceId, { chatIds, untilMs: clock.nowMs() + forMs, end });
  }

  /** V43: a connection that came has not heard of our attention yet. */
  setOthers(others: number): void {
    const isMore = others > this.#others;
    this.#others = others;
    if (isMore) this.#lease = "[]";
    this.tell();
  }

  /** Takes what a window shows now; returns whether the window came into view by it. */
  set(windowId: string, view: View): boolean {
    const cameIntoView = view.visible && !this.isVisible(windowId);
    this.#views.set(windowId, view);
    this.#timer ??= this.#deps.clock.setTimer(() => {
      this.#timer = undefined;
      this.tell();
    }, TELL_AFTER_MS);
    return cameIntoView;
  }

  forget(windowId: string): void {
    this.#views.delete(windowId);
    this.tell();
  }

  /** The connection is gone, and with it what the server was told and told us. */
  disconnected(): void {
    this.#told = {};
    this.#presences.clear();
    this.#forgetElsewhere();
    this.#others = 0;
    this.#lease = "[]";
    this.#leaseTimer?.();
    this.#leaseTimer = undefined;
    this.#again?.();
    this.#again = undefined;
  }

  stop(): void {
    this.#timer?.();
    this.#timer = undefined;
    this.#leaseTimer?.();
    this.#leaseTimer = undefined;
    this.#again?.();
    this.#again = undefined;
    this.#forgetElsewhere();
  }

  /** Says to the server what it does not know yet. */
  tell(): void {
    if (!this.#deps.isLive()) return;
    const { request } = this.#deps;
    const { interest } = this;
    const { openChatIds, active } = interest;
    void this.#say("openChatIds", interest, () => request("view:open", { chatIds: openChatIds }));
    void this.#say("active", interest, () => request("presence:set", { active }));
    void this.#say("watchAccountIds", interest, () => this.#watch(interest));
    this.#tellLease(false);
  }

  /** S18: droppable. Lost, it is said again or runs out by itself. */
  #tellLease(isDue: boolean): void {
    const chatIds = this.#others > 0 ? chatsInView(this.#views.values()) : [];
    const lease = JSON.stringify(chatIds);
    if (lease === this.#lease && !isDue) return;
    this.#lease = lease;
    this.#leaseTimer?.();
    this.#leaseTimer = undefined;
    void this.#deps.request("attention:set", { chatIds });
    if (chatIds.length === 0) return;
    this.#leaseTimer = this.#deps.clock.setTimer(
      () => this.#tellLease(true),
      LIMITS.attentionRenewMs,
    );
  }

  /** Takes what the server says of others. */
  learn(presences: readonly Presence[]): void {
    for (const presence of presences) this.#presences.set(presence.accountId, presence);
    this.#deps.presencesChanged(presences);
  }

  #forgetElsewhere(): void {
    for (const { end } of this.#elsewhere.values()) end();
    this.#elsewhere.clear();
  }

  /** Says what the server does not know yet. What it did not take it does not know. */
  async #say(
    key: keyof Interest,
    interest: Interest,
    ask: () => Promise<Result<unknown>>,
  ): Promise<void> {
    const said = JSON.stringify(interest[key]);
    if (this.#told[key] === said) return;
    this.#told[key] = said;
    const answer = await ask();
    // Something else was said meanwhile, or the connection is another one.
    if (answer.ok || !isRetryable(answer.error.code) || this.#told[key] !== said) return;
    this.#told[key] = undefined;
    this.#again ??= this.#deps.clock.setTimer(() => {
      this.#again = undefined;
      this.tell();
    }, answer.error.retryAfterMs ?? AGAIN_AFTER_MS);
  }

  async #watch({ watchAccountIds }: Interest): Promise<Result<unknown>> {
    for (const accountId of this.#presences.keys()) {
      if (!watchAccountIds.includes(accountId)) this.#presences.delete(accountId);
    }
    const answer = await this.#deps.request("presence:watch", { accountIds: watchAccountIds });
    if (answer.ok) this.learn(answer.value.presences);
    return answer;
  }
}
