import { textPayload } from "@parley/protocol/content.ts";
import { type Event, REL } from "@parley/protocol/event.ts";
import { ClientId, newId } from "@parley/protocol/ids.ts";
import { describe, expect, test } from "vitest";
import { chatChange, eventChange, fakeGroup, fakeMessage } from "../testing/fake-events.ts";
import { FakeHost } from "../testing/fake-host.ts";

const SOON_MS = 1_050;

/** A desktop with one account that is live. */
async function desktop(overrides: ConstructorParameters<typeof FakeHost>[0] = {}) {
  const said: string[] = [];
  const fake = new FakeHost({
    surface: {
      show: ({ body }) => {
        said.push(`show ${body}`);
        return true;
      },
      replace: ({ body }) => void said.push(`replace ${body}`),
      clear: () => void said.push("clear"),
    },
    ...overrides,
  });
  const window = await fake.openWindow();
  const accountKey = await fake.signIn(window);
  const arrive = async (...events: Event[]): Promise<void> => {
    fake.server.push("sync:changes", { changes: events.map((event) => eventChange(event)) });
    await fake.clock.advance(SOON_MS);
  };
  /** The connection is lost and comes back; the account's window says hello and hears of these chats. */
  const comeBack = async (...newest: Event[]): Promise<void> => {
    const { dataEpoch } = fake.server;
    window.writes = false;
    fake.server.wire.cutAll();
    await fake.clock.advance(5_000);
    const changes = newest.map((event) => chatChange(fakeGroup(event, { unread: 2 })));
    fake.server.answers["sync:hello"] = () => ({
      data: { dataEpoch, watermark: 90, changes, next: null },
    });
    const body = { dataEpoch, since: 1 };
    void window.call("server:request", { accountKey, name: "sync:hello", body });
    await fake.clock.advance(10);
    void window.call("writer:caught-up", { accountKey, watermark: 90 });
    await fake.clock.advance(SOON_MS);
  };
  /** What the server answers who asks for a page that ends with this event. */
  const history = (...events: Event[]): void => {
    fake.server.answers["chat:history"] = (body) => {
      const asked = typeof body === "object" && body !== null && "chatId" in body && body;
      const part = { headSeq: 9, withheld: [], snapshot: false, moved: [], movedCut: false };
      return asked
        ? { data: { ...asked, ...part, events: events.filter((e) => e.chatId === asked.chatId) } }
        : { error: { code: "invalid_request" } };
    };
  };
  return { fake, window, accountKey, said, arrive, comeBack, history };
}

function editOf(event: Event, seq: number, text: string): Event {
  const { chatId, senderId, clientId } = event;
  const rel = { kind: REL.edit, target: clientId };
  return fakeMessage({ chatId, senderId, seq, text, rel, notify: false });
}

function folded(event: Event, parts: Partial<NonNullable<Event["fold"]>>): Event {
  return { ...event, payload: null, fold: { foldSeq: 9, reactions: [], recent: [], ...parts } };
}

describe("V61: what was edited", () => {
  test("V61: takes its text's place on the screen, the newest edit last", async () => {
    const { said, arrive } = await desktop();
    const event = fakeMessage({ seq: 3, text: "Helo" });
    await arrive(event);
    await arrive(editOf(event, 5, "Hello"));
    await arrive(editOf(event, 4, "Heello"));
    await arrive(editOf(fakeMessage(), 6, "Of another message"));
    expect(said).toEqual(["show Helo", "replace Hello"]);
  });

  test("V61: is shown as it reads now when the edit comes before the notification", async () => {
    const { said, arrive } = await desktop();
    const event = fakeMessage({ seq: 3, text: "Helo" });
    await arrive(event, editOf(event, 4, "Hello"));
    expect(said).toEqual(["show Hello"]);
  });

  test("V61: is shown as it reads now when the edit comes while its content is opened", async () => {
    const opening: (() => void)[] = [];
    const { said, arrive, fake } = await desktop({
      openContent: async ({ payload }) => {
        await new Promise<void>((resolve) => opening.push(resolve));
        const text = payload?.includes("Hello") ? "Hello" : "Helo";
        return { type: "text", text, salt: "A".repeat(22) };
      },
    });
    const event = fakeMessage({ seq: 3, text: "Helo" });
    await arrive(event);
    await arrive(editOf(event, 4, "Hello"));
    while (opening.length > 0) {
      for (const go of opening.splice(0)) go();
      await fake.clock.advance(1);
    }
    expect(said).toEqual(["show Hello"]);
  });

  test("V61: changes nothing once it was read, deleted, or another message has its place", async () => {
    for (const end of ["read", "deleted", "newer"] as const) {
      const { said, arrive, fake, window, accountKey } = await desktop();
      const event = fakeMessage({ seq: 3, text: "Helo" });
      const { chatId, senderId, clientId } = event;
      await arrive(event);
      if (end === "read") {
        void window.call("receipt:mark", { accountKey, marks: [{ chatId, readSeq: 3 }] });
        await fake.clock.advance(10);
      } else if (end === "deleted") {
        const rel = { kind: REL.redact, target: clientId };
        await arrive(fakeMessage({ chatId, senderId, seq: 4, rel, notify: false }));
      } else await arrive(fakeMessage({ chatId, senderId, seq: 4, text: "Newer" }));
      const before = said.length;
      await arrive(editOf(event, 5, "Hello"));
      expect([end, said.slice(before)]).toEqual([end, []]);
    }
  });

  test("V61: says so after a time away, also where newer messages of its chat are there", async () => {
    const { said, arrive, comeBack, history } = await desktop();
    const event = fakeMessage({ seq: 3, text: "Helo" });
    await arrive(event);
    const { payload } = fakeMessage({ text: "Hello" });
    const edit = { seq: 4, at: event.at, alg: "none", payload: payload ?? "" };
    history(folded(event, { edit }));
    const silent = fakeMessage({ chatId: event.chatId, seq: 5, notify: false });
    await comeBack(silent);
    expect(said).toEqual(["show Helo", "replace Someone: Hello"]);
  });
});

describe("V61, S13: what was deleted while this device was away", () => {
  test("V61: leaves the screen, though newer messages of its chat are there", async () => {
    const { said, arrive, comeBack, history } = await desktop();
    const [gone, stays] = [fakeMessage({ seq: 3, text: "gone" }), fakeMessage({ seq: 3 })];
    await arrive(gone, stays);
    const erased = { seq: 4, at: gone.at, by: gone.senderId };
    history(folded(gone, { erased }), stays);
    const newer = [gone, stays].map(({ chatId }) => fakeMessage({ chatId, seq: 5, notify: false }));
    await comeBack(...newer);
    expect(said.filter((one) => one === "clear")).toHaveLength(1);
    const { fake } = await desktop();
    expect(fake.server.requestsOf("chat:history")).toEqual([]);
  });

  test("V61: is asked for again where the answer did not come, and after a restart", async () => {
    const { fake, said, arrive, comeBack, history } = await desktop();
    const event = fakeMessage({ seq: 3, text: "gone" });
    await arrive(event);
    fake.server.answers["chat:history"] = () => ({ error: { code: "busy" } });
    await comeBack(fakeMessage({ chatId: event.chatId, seq: 5, notify: false }));
    expect(said).not.toContain("clear");
    history(folded(event, { erased: { seq: 4, at: event.at, by: event.senderId } }));
    await comeBack();
    expect(said.at(-1)).toBe("clear");

    const other = await desktop();
    await other.arrive(event);
    other.history(folded(event, { erased: { seq: 4, at: event.at, by: event.senderId } }));
    await other.fake.clock.advance(2_000);
    await other.fake.restart();
    await other.fake.openWindow();
    await other.fake.clock.advance(5_000);
    expect(other.said.at(-1)).toBe("clear");
  });
});

describe("V61: what does not fit its hash", () => {
  test("V61, S2a: says that there is a message, and no more", async () => {
    const { said, arrive } = await desktop();
    const event = fakeMessage({ seq: 3, text: "Pay me" });
    await arrive({ ...event, payload: textPayload("Pay them", new Uint8Array(16)) });
    expect(said).toEqual(["show New message"]);
    const next = { ...event, clientId: newId(ClientId), seq: 4 };
    await arrive(next);
    expect(said.at(-1)).toBe("show Pay me");
    await arrive({ ...editOf(next, 5, "Pay nobody"), payload: event.payload });
    expect(said.at(-1)).toBe("replace New message");
  });
});
