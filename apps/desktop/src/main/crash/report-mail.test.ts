import fc from "fast-check";
import { expect, test } from "vitest";
import { texts } from "../texts.ts";
import { reportMail } from "./report-mail.ts";

/** What a mail program makes of the address. */
function readMail(address: string): { to: string; subject: string | null; body: string } {
  const url = new URL(address);
  expect(url.protocol).toBe("mailto:");
  // In a mailto address a plus is a plus: it has no form encoding.
  const field = (name: string): string | null => {
    const found = url.search
      .slice(1)
      .split("&")
      .find((part) => part.startsWith(`${name}=`));
    return found === undefined ? null : decodeURIComponent(found.slice(name.length + 1));
  };
  return { to: url.pathname, subject: field("subject"), body: field("body") ?? "" };
}

test("a report becomes a mail to nobody yet, with all of a short text in it", () => {
  const report = "what: page\n100% & more + \u{1f600}?subject=x";
  expect(readMail(reportMail(report))).toEqual({
    to: "",
    subject: texts.reportSubject,
    body: report,
  });
});

test("however long and strange a report is, the address is short and its text a beginning of it", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 2_500 }), (report) => {
      const address = reportMail(report);
      expect(address.length).toBeLessThanOrEqual(1_900);
      const { to, body } = readMail(address);
      expect(to).toBe("");
      const [beginning = ""] = body.split(`\n\n${texts.reportCut}`);
      expect(report.toWellFormed().startsWith(beginning)).toBe(true);
      if (!body.includes(texts.reportCut)) expect(body).toBe(report.toWellFormed());
    }),
    // Long strings take long to make.
    { numRuns: 25 },
  );
});
