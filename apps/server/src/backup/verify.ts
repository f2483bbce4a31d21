import { chatFaults } from "./chat-check.ts";
import type { CopyTotals, StoredCopy } from "./stored-copy.ts";

/** What `verify` found. */
export type VerifyReport = {
  totals: CopyTotals;
  /** In words; the first FAULTS_LISTED of them. Empty when everything is whole. */
  faults: string[];
  /** How many there are, also beyond those that are listed. */
  faultCount: number;
};

const FAULTS_LISTED = 20;

/**
 * Checks a database whole: its pages and indexes, every chat's chain from its first event to its
 * head (S1, S2a), and everything stored beside the streams against what they tell: heads, members,
 * marks, floors, folds, unread numbers (S8, S9, S12, S17). Changes nothing.
 */
export async function verifyCopy(copy: StoredCopy): Promise<VerifyReport> {
  const faults: string[] = [];
  let faultCount = 0;
  const note = (found: readonly string[]): void => {
    faultCount += found.length;
    faults.push(...found.slice(0, Math.max(0, FAULTS_LISTED - faults.length)));
  };
  note(copy.integrity(FAULTS_LISTED).map((what) => `database: ${what}`));
  note(copy.strays(FAULTS_LISTED));
  try {
    for (const chat of copy.chats()) {
      const { chatId } = chat;
      const newest = Math.max(chat.change, chat.rev);
      if (newest > copy.change) note([`chat ${chatId}: change ${newest} is past the last commit`]);
      note((await chatFaults(copy, chat)).map((what) => `chat ${chatId}: ${what}`));
    }
    return { totals: copy.totals(), faults, faultCount };
  } catch (error) {
    // A page or row that cannot be read at all: the rest cannot be looked at.
    note([`database: ${error instanceof Error ? error.message : String(error)}`]);
    return { totals: { accounts: 0, chats: 0, events: 0 }, faults, faultCount };
  }
}

const format = new Intl.NumberFormat("en");

/** The report in plain words. */
export function reportText(file: string, { totals, faults, faultCount }: VerifyReport): string {
  if (faultCount > 0) {
    const more = faultCount > faults.length ? [`... and ${faultCount - faults.length} more`] : [];
    const heading = `${file} is not whole: ${format.format(faultCount)} ${faultCount === 1 ? "fault" : "faults"}.`;
    return [heading, ...[...faults, ...more].map((line) => `  ${line}`)].join("\n");
  }
  const count = (number: number, one: string): string =>
    `${format.format(number)} ${one}${number === 1 ? "" : "s"}`;
  return (
    `${file} is whole: ${count(totals.accounts, "account")}, ${count(totals.chats, "chat")}, ` +
    `${count(totals.events, "event")}. Every chain was followed to its head, every number counted again.`
  );
}
