import type { AccountId } from "@parley/protocol/ids.ts";
import { exactMoment, moment, number, type Region } from "../../i18n/format.ts";
import { errorText, t } from "../../i18n/i18n.ts";
import type { WaitReason } from "@parley/client/sync/waiting.ts";
import type { ChainFault } from "@parley/protocol/chain.ts";
import type { Failure } from "@parley/protocol/errors.ts";
import { type Link, waitingText } from "../../state/waiting.ts";

/** How far one member has come with a message (S8). */
export type LedgerMember = {
  accountId: AccountId;
  name: string;
  delivered: boolean;
  read: boolean;
  deliveredAt: number | null;
  readAt: number | null;
  lastSeenAt: number | null;
  /** Whether one of their devices is there now, as far as that is known here. */
  online: boolean;
};

/** What is known of a message apart from its receipts. */
export type LedgerFacts = {
  mine: boolean;
  /** Whether it was surely written here: a message that the server has may come from another device. */
  here: boolean;
  senderName: string;
  /** When it was written, by the clock of the device that did. */
  writtenAtMs: number;
  deviceName: string;
  seq: number | null;
  storedAtMs: number | null;
  failure: Failure | null;
  failed: boolean;
  /** Why it has not reached the server; null unless it waits. */
  waiting: WaitReason | null;
  editedAtMs: number | null;
  /** Who deleted it for everyone; `by` is null for oneself. */
  erased: { by: string | null; atMs: number } | null;
  /** Own changes that have not reached the server. */
  changesWaiting: number;
  /** S7: how it does not fit the chain. */
  fault: ChainFault | null;
  reactions: readonly { key: string; names: string }[];
};

/** When everything waits for: the connection and the time by this device's clock. */
export type LedgerNow = { link: Link; nowMs: number; region: Region };

/** One line of the ledger. */
export type LedgerLine = {
  key: string;
  mark: "one" | "two" | "clock" | "failed" | "edited" | "erased" | "reaction";
  text: string;
  note: string | null;
  time: string;
  pending: boolean;
};

function writtenText(facts: LedgerFacts): string {
  if (facts.here) return t("info.written");
  return facts.mine ? t("info.writtenByYou") : t("info.writtenBy", { name: facts.senderName });
}

/** What happened on the way to the server. */
export function journeyLines(facts: LedgerFacts, now: LedgerNow): LedgerLine[] {
  const { nowMs, region } = now;
  const at = (ms: number): string => exactMoment(ms, nowMs, region);
  const lines: LedgerLine[] = [
    {
      key: "written",
      mark: "one",
      text: writtenText(facts),
      note: facts.here ? facts.deviceName : null,
      time: at(facts.writtenAtMs),
      pending: false,
    },
  ];
  if (facts.seq !== null) {
    const time = facts.storedAtMs === null ? "" : at(facts.storedAtMs);
    lines.push({
      key: "stored",
      mark: "one",
      text: t("info.stored", { seq: number(facts.seq, region) }),
      note: null,
      time,
      pending: false,
    });
  } else if (facts.failed) {
    const note = facts.failure === null ? null : errorText(facts.failure);
    lines.push({
      key: "failed",
      mark: "failed",
      text: t("info.failed"),
      note,
      time: "",
      pending: false,
    });
  } else {
    const { waiting, failure } = facts;
    const note =
      waiting !== null
        ? waitingText(waiting, now.link, nowMs, region)
        : failure === null
          ? t("info.waiting")
          : errorText(failure);
    lines.push({
      key: "stored",
      mark: "clock",
      text: t("info.notStored"),
      note,
      time: t("info.waitingShort"),
      pending: true,
    });
  }
  return [...lines, ...laterLines(facts, at)];
}

/** What happened to it after it was stored. */
function laterLines(facts: LedgerFacts, at: (ms: number) => string): LedgerLine[] {
  const { fault, erased, editedAtMs } = facts;
  const lines: LedgerLine[] = [];
  const add = (key: string, text: string, part: Partial<LedgerLine> = {}): void =>
    void lines.push({ key, mark: "one", text, note: null, time: "", pending: false, ...part });
  if (fault !== null) {
    add("fault", t("info.fault"), { mark: "failed", note: t(`fault.${fault}`) });
  }
  if (editedAtMs !== null && erased === null)
    add("edited", t("info.edited"), { mark: "edited", time: at(editedAtMs) });
  if (erased !== null) {
    const text =
      erased.by === null ? t("info.erasedByYou") : t("info.erasedBy", { name: erased.by });
    add("erased", text, { mark: "erased", time: at(erased.atMs) });
  }
  if (facts.changesWaiting > 0) {
    const text = t("info.changesWaiting", { count: facts.changesWaiting });
    add("changes", text, { mark: "clock", time: t("info.waitingShort"), pending: true });
  }
  for (const { key, names } of facts.reactions)
    add(`reaction-${key}`, `${key} ${names}`, { mark: "reaction" });
  return lines;
}

function rank(member: LedgerMember): number {
  if (member.read) return 0;
  return member.delivered ? 1 : 2;
}

/** Who has read it, who has received it, and who has not yet, in this order. */
export function memberLines(
  members: readonly LedgerMember[],
  nowMs: number,
  region: Region,
): LedgerLine[] {
  const at = (ms: number | null): string =>
    ms === null ? t("info.timeGone") : exactMoment(ms, nowMs, region);
  return [...members]
    .sort(
      (a, b) =>
        rank(a) - rank(b) ||
        (a.readAt ?? a.deliveredAt ?? 0) - (b.readAt ?? b.deliveredAt ?? 0) ||
        a.name.localeCompare(b.name),
    )
    .map((member): LedgerLine => {
      const { accountId: key, name } = member;
      if (member.read) {
        const note =
          member.deliveredAt === null
            ? null
            : t("info.deliveredAt", { time: at(member.deliveredAt) });
        return {
          key,
          mark: "two",
          text: t("info.readBy", { name }),
          note,
          time: at(member.readAt),
          pending: false,
        };
      }
      if (member.delivered) {
        return {
          key,
          mark: "two",
          text: t("info.deliveredTo", { name }),
          note: t("info.notRead"),
          time: at(member.deliveredAt),
          pending: false,
        };
      }
      const note = member.online
        ? t("info.onlineNow")
        : member.lastSeenAt === null
          ? t("info.neverOnline")
          : t("info.offlineSince", { when: moment(member.lastSeenAt, nowMs, region) });
      return {
        key,
        mark: "clock",
        text: t("info.notYet", { name }),
        note,
        time: t("info.waitingShort"),
        pending: true,
      };
    });
}
