import { rmSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AccountId, DeviceId, newId } from "@parley/protocol/ids.ts";
import { commandRegistry } from "../../storage/command.ts";
import { type Storage, transactOne } from "../../storage/port.ts";
import { openSqliteStorage } from "../../storage/sqlite/sqlite-storage.ts";
import { temporaryFolder } from "../../testing/temporary-server.ts";
import { accountCommands, type SignUpCommand } from "../accounts/accounts.commands.ts";
import { rotate } from "./rotation.ts";
import { sessionCommands } from "./sessions.commands.ts";
import { SessionService } from "./sessions.service.ts";
import { Tokens } from "./tokens.ts";

const folder = temporaryFolder();
const tokens = new Tokens({ access: Buffer.alloc(32, 1), refresh: Buffer.alloc(32, 2) });
let storage: Storage;
let sessions: SessionService;
let people = 0;

beforeAll(() => {
  storage = openSqliteStorage({
    path: join(folder, "test.db"),
    registry: commandRegistry(accountCommands, sessionCommands),
    report: ({ error }) => {
      throw error;
    },
  });
  sessions = new SessionService({ storage, tokens, nowMs: Date.now });
});
afterAll(async () => {
  await storage.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Signs somebody new up and answers their first refresh token. */
async function firstToken(): Promise<string> {
  people += 1;
  const command: SignUpCommand = {
    kind: "account.sign-up",
    accountId: newId(AccountId),
    deviceId: newId(DeviceId),
    handle: `person${people}`,
    handleKey: `person${people}`,
    name: "Somebody",
    passwordHash: "not used here",
    device: { name: "Browser", platform: "web" },
    inviteHash: null,
    policy: "open",
    fromLoopback: true,
  };
  const account = await transactOne(storage, command);
  if (!account.ok) throw new Error(account.error.message);
  return sessions.grant(account.value, command.deviceId).refreshToken;
}

/** One refresh of a tab: what it presents, and the answer once the server has given one. */
type Flight = { tab: number; presented: string; answer?: string };

/**
 * Tabs of one browser that share a cookie jar over a network that loses, repeats and reorders. They
 * may all refresh at once. What does not happen (S20 gives an account one host at a time) is that a
 * request is still under way when another tab begins anew with a token that came after it.
 */
class Browser {
  jar: string;
  readonly #inFlight: Flight[] = [];

  constructor(token: string) {
    this.jar = token;
  }

  start(tab: number): void {
    const isBusy = this.#inFlight.some((flight) => flight.tab === tab);
    const isOvertaking = this.#inFlight.some((flight) => flight.presented !== this.jar);
    if (!isBusy && !isOvertaking) this.#inFlight.push({ tab, presented: this.jar });
  }

  /** The request reaches the server, perhaps not for the first time. */
  async arrive(pick: number): Promise<void> {
    const flight = this.#inFlight[pick % Math.max(1, this.#inFlight.length)];
    if (!flight) return;
    const granted = await sessions.refresh(flight.presented);
    if (!granted.ok) throw new Error(`signed out: ${granted.error.code}`);
    flight.answer = granted.value.refreshToken;
  }

  /** The answer reaches the browser, if there is one; else the tab gives up waiting. */
  end(pick: number, delivered: boolean): void {
    const [flight] = this.#inFlight.splice(pick % Math.max(1, this.#inFlight.length), 1);
    if (delivered && flight?.answer !== undefined) this.jar = flight.answer;
  }
}

const action = fc.oneof(
  fc.record({ kind: fc.constant("start" as const), pick: fc.nat(2) }),
  fc.record({ kind: fc.constant("arrive" as const), pick: fc.nat(2) }),
  fc.record({ kind: fc.constant("deliver" as const), pick: fc.nat(2) }),
  fc.record({ kind: fc.constant("lose" as const), pick: fc.nat(2) }),
);

describe("X2: rotation of refresh tokens", () => {
  test("X2: lost answers, repeats and tabs that refresh at once never sign out", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 60, size: "max" }), async (actions) => {
        const browser = new Browser(await firstToken());
        for (const { kind, pick } of actions) {
          if (kind === "start") browser.start(pick);
          else if (kind === "arrive") await browser.arrive(pick);
          else browser.end(pick, kind === "deliver");
        }
        expect(await sessions.refresh(browser.jar)).toMatchObject({ ok: true });
      }),
      { numRuns: 100 },
    );
  });

  test("X2: many refreshes of one token at once all get the same successor", async () => {
    const token = await firstToken();
    const grants = await Promise.all(Array.from({ length: 20 }, () => sessions.refresh(token)));
    const successors = new Set(grants.map((grant) => (grant.ok ? grant.value.refreshToken : "")));
    expect([...successors]).toHaveLength(1);
    expect([...successors][0]).not.toBe("");
  });

  test("X2: whoever uses a token after its successor was used ends the session for both", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(4), fc.nat(4), async (honest, extra) => {
        let token = await firstToken();
        const stolen = token;
        for (let i = 0; i < honest + extra + 2; i++) {
          const granted = await sessions.refresh(token);
          if (!granted.ok) throw new Error("signed out too early");
          token = granted.value.refreshToken;
        }
        const error = { ok: false, error: { code: "session_revoked" } };
        expect(await sessions.refresh(stolen)).toMatchObject(error);
        expect(await sessions.refresh(token)).toMatchObject(error);
      }),
      { numRuns: 20 },
    );
  });

  test("X2: a generation above the stored one, as after a restored backup, is accepted and stored", async () => {
    const claim = tokens.checkRefresh(await firstToken());
    if (!claim) throw new Error("no claim");
    const ahead = tokens.issueRefresh({ ...claim, generation: 7 });
    const granted = await sessions.refresh(ahead);
    expect(granted).toMatchObject({ ok: true });
    expect((await storage.device(claim.deviceId))?.generation).toBe(7);
    const behind = tokens.issueRefresh({ ...claim, generation: 6 });
    expect(await sessions.refresh(behind)).toMatchObject({ ok: false });
  });

  test("X2: the stored generation never falls", () => {
    const generation = fc.integer({ min: 1, max: 1_000_000 });
    fc.assert(
      fc.property(generation, generation, (stored, presented) => {
        const rotation = rotate(stored, presented);
        if (presented < stored) expect(rotation.kind).toBe("revoke");
        else expect(rotation).toEqual({ kind: "grant", stored: presented, next: presented + 1 });
      }),
    );
  });
});

describe("tokens", () => {
  test("X2: no change of a token passes", () => {
    const claim = { deviceId: newId(DeviceId), generation: 3 };
    const token = tokens.issueRefresh(claim);
    expect(tokens.checkRefresh(token)).toEqual(claim);
    fc.assert(
      fc.property(
        fc.nat(token.length - 1),
        fc.constantFrom("a", "X", "0", "9", "-", "_", ".", "="),
        (place, char) => {
          const changed = token.slice(0, place) + char + token.slice(place + 1);
          // The last character of a MAC has two bits to spare: another spelling of the same bytes.
          fc.pre(changed !== token && place < token.length - 1);
          expect(tokens.checkRefresh(changed)).toBeUndefined();
        },
      ),
    );
  });
});
