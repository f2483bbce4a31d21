import type { ConnectionStatus } from "@parley/protocol/bridge/contract.ts";
import type { WaitReason } from "@parley/client/sync/waiting.ts";
import { exactMoment, type Region } from "../i18n/format.ts";
import { errorCodeText, errorText, t } from "../i18n/i18n.ts";

/** S11: nothing waits longer than this without saying for what. */
export const LATE_MS = 10_000;

/** What of the connection decides why something waits. */
export type Link = Pick<ConnectionStatus, "state" | "error" | "retryAtMs"> | null;

function withNextTry(
  text: string,
  retryAtMs: number | null | undefined,
  nowMs: number,
  region: Region,
): string {
  return retryAtMs === null || retryAtMs === undefined || retryAtMs <= nowMs
    ? text
    : t("waiting.nextTry", { reason: text, time: exactMoment(retryAtMs, nowMs, region) });
}

/** Why the connection keeps everything waiting; null while it stands. */
export function linkText(link: Link, nowMs: number, region: Region): string | null {
  switch (link?.state) {
    case "live":
      return null;
    case "refused":
      return link.error === undefined ? t("error.unauthenticated") : errorCodeText(link.error.code);
    case "catching-up":
      return t("waiting.catchingUp");
    case "offline":
    case "connecting":
    case "authenticating":
    case undefined:
      return withNextTry(t("waiting.connection"), link?.retryAtMs, nowMs, region);
  }
}

/**
 * S11: why a message has not reached the server yet, in words. What the connection says goes first.
 * `nowMs` and the times of `reason` are by this device's clock.
 */
export function waitingText(reason: WaitReason, link: Link, nowMs: number, region: Region): string {
  const apart = linkText(link, nowMs, region);
  if (apart !== null) return apart;
  switch (reason.kind) {
    case "next":
      return t("waiting.answer");
    case "behind": {
      const behind = t("waiting.behind", { count: reason.count });
      if (reason.error === null) return behind;
      const why = t("waiting.behindWhy", { behind, reason: errorText(reason.error) });
      return withNextTry(why, reason.untilMs, nowMs, region);
    }
    case "retry":
      return withNextTry(errorText(reason.error), reason.untilMs, nowMs, region);
  }
}

/** A next try that is nearer than this is not worth a click. */
const NEAR_MS = 2_000;
/** A server that asks for a pause of this length means it: no click cuts it short. */
const ASKED_PAUSE_MS = 5_000;

/** S11: whether trying now would be sooner than waiting. */
export function canTryNow(reason: WaitReason, link: Link, nowMs: number): boolean {
  if (link?.state !== "live" || reason.kind === "next" || reason.error === null) return false;
  const isPause = (reason.error.retryAfterMs ?? 0) >= ASKED_PAUSE_MS;
  return !isPause && reason.untilMs !== null && reason.untilMs - nowMs >= NEAR_MS;
}
