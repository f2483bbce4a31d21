import type { NoticeBody, NoticeName } from "@parley/protocol/bridge/contract.ts";

/** A window that has said hello, as an account sees it. */
export type SessionWindow = {
  readonly windowId: string;
  /** When it came, in order. */
  readonly order: number;
  /** Whether it answers. */
  readonly responsive: boolean;
  notify<Name extends NoticeName>(name: Name, body: NoticeBody<Name>): void;
};
