import { expect, test } from "vitest";
import type { HostStore } from "../session/ports.ts";

/** What every store of a host does. `open` gives an empty one; `reopen` the same one in a new process. */
export function hostStoreSuite(open: () => { store: HostStore; reopen: () => HostStore }): void {
  test("what was put is listed by prefix, and by a new process too", async () => {
    const { store, reopen } = open();
    await store.put([
      ["account:a", { name: "Ada" }],
      ["account:b", [1, null, "ü"]],
      ["directory:a:x", true],
    ]);
    for (const each of [store, reopen()]) {
      const found = new Map(await each.list("account:"));
      expect(found).toEqual(
        new Map<string, unknown>([
          ["account:a", { name: "Ada" }],
          ["account:b", [1, null, "ü"]],
        ]),
      );
    }
  });

  test("a later value takes the place of the earlier one", async () => {
    const { store } = open();
    await store.put([["k", 1]]);
    await store.put([
      ["k", 2],
      ["l", 3],
    ]);
    expect(new Map(await store.list(""))).toEqual(
      new Map([
        ["k", 2],
        ["l", 3],
      ]),
    );
  });

  test("deleting takes what starts with the prefix, and nothing else", async () => {
    const { store, reopen } = open();
    await store.put([
      ["a:1", 1],
      ["a:2", 2],
      ["ab", 3],
      ["b:1", 4],
    ]);
    await store.deleteAll("a:");
    expect((await reopen().list("")).map(([key]) => key).toSorted()).toEqual(["ab", "b:1"]);
  });

  test("what is listed is a copy: changing it changes nothing that is kept", async () => {
    const { store } = open();
    const value = { names: ["Ada"] };
    await store.put([["k", value]]);
    value.names.push("Grace");
    expect(await store.list("k")).toEqual([["k", { names: ["Ada"] }]]);
  });
}
