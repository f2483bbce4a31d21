import { texts } from "../texts.ts";

/** Longest address that every system hands to a mail program, in UTF-16 units. */
const MAX_ADDRESS_UNITS = 1_900;

/** As much of a text as fits, encoded for an address; cut between characters. */
function encodedWithin(text: string, units: number): { encoded: string; isWhole: boolean } {
  let encoded = "";
  for (const character of text) {
    const next = encodeURIComponent(character);
    if (encoded.length + next.length > units) return { encoded, isWhole: false };
    encoded += next;
  }
  return { encoded, isWhole: true };
}

/**
 * The address that opens a mail with a crash report in it, to nobody yet: whom it goes to, and whether it
 * goes at all, is decided in the mail program. What does not fit is left out, and the mail says so.
 */
export function reportMail(report: string): string {
  const text = report.toWellFormed();
  const start = `mailto:?subject=${encodeURIComponent(texts.reportSubject)}&body=`;
  const cut = encodeURIComponent(`\n\n${texts.reportCut}\n`);
  const whole = encodedWithin(text, MAX_ADDRESS_UNITS - start.length);
  if (whole.isWhole) return start + whole.encoded;
  return start + encodedWithin(text, MAX_ADDRESS_UNITS - start.length - cut.length).encoded + cut;
}
