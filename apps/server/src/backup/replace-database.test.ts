import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { temporaryFolder } from "../testing/temporary-server.ts";
import { replaceDatabase } from "./replace-database.ts";

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = Date.parse("2026-03-04T05:06:07Z");
const put = (name: string, text: string) => writeFileSync(join(folder, name), text);
const text = (name: string) => readFileSync(join(folder, name), "utf8");

describe("a database is replaced", () => {
  it("S6c: the former one is kept, with its log; nothing of it stays beside the next", () => {
    for (const round of ["one", "two"]) {
      put("parley.db", `former ${round}`);
      put("parley.db-wal", `log ${round}`);
      put("parley.db-shm", `index ${round}`);
      put("next.db", `next ${round}`);
      const aside = replaceDatabase(join(folder, "parley.db"), join(folder, "next.db"), at);
      const name = `parley.db.replaced-2026-03-04T05-06-07${round === "one" ? "" : "-2"}`;
      expect(aside).toBe(join(folder, name));
      expect([text("parley.db"), text(name), text(`${name}-wal`)]).toEqual([
        `next ${round}`,
        `former ${round}`,
        `log ${round}`,
      ]);
      expect(readdirSync(folder)).not.toContain("parley.db-wal");
      expect(readdirSync(folder)).not.toContain("parley.db-shm");
      expect(readdirSync(folder)).not.toContain("next.db");
    }
  });

  it("an empty folder takes it as its first", () => {
    put("next.db", "next");
    expect(replaceDatabase(join(folder, "parley.db"), join(folder, "next.db"), at)).toBeUndefined();
    expect(readdirSync(folder)).toEqual(["parley.db"]);
  });
});
