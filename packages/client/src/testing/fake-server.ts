import { type ErrorCode, failure, type Result, success } from "@parley/protocol/errors.ts";
import type { Device, SessionGrant } from "@parley/protocol/http/accounts.ts";
import {
  AccountId,
  type AccountKey,
  accountKeyOf,
  DataEpoch,
  DeviceId,
  newId,
  ServerId,
} from "@parley/protocol/ids.ts";
import type { HttpRequest, HttpResponse } from "../connection/ports.ts";
import type { FakeClock } from "./fake-clock.ts";
import { FakeHttp } from "./memory-ports.ts";
import { type ServerEnd, Wire } from "./socket-pair.ts";

type Answer = (body: unknown, end: ServerEnd) => { data: unknown } | { error: { code: ErrorCode } };

/** Life of an access token of this server. */
const TOKEN_LIFE_S = 900;

/**
 * As much of a server as a client's connection sees: it hands out tokens that expire, accepts
 * sockets with a good one, and answers requests by `answers`. It knows one account.
 */
export class FakeServer {
  readonly http: FakeHttp;
  readonly wire: Wire;
  serverId = newId(ServerId);
  readonly accountId = newId(AccountId);
  readonly deviceId = newId(DeviceId);
  dataEpoch = newId(DataEpoch);
  /** What the refresh route answers instead of a grant. */
  refreshError: ErrorCode | undefined;
  /** What the list of devices answers. */
  devices: Device[] = [];
  /** What every request with this name gets; others get an empty answer. */
  readonly answers: Record<string, Answer> = {};
  /** Every request that arrived, in order. */
  readonly requests: { name: string; body: unknown }[] = [];
  /** Answers HTTP with a page of somebody else, as a captive portal does. */
  isPortal = false;
  readonly #clock: FakeClock;
  readonly #tokens = new Map<string, number>();
  #minted = 0;

  constructor(clock: FakeClock) {
    this.#clock = clock;
    this.http = new FakeHttp((request) => this.#answerHttp(request));
    this.wire = new Wire(clock, {
      connected: (end) => this.#connected(end),
      request: (end, name, body, answer) => this.#request(end, name, body, answer),
    });
    this.answers["presence:watch"] = () => ({ data: { presences: [] } });
    this.answers["chat:history"] = (body) => {
      const part = { headSeq: 0, events: [], withheld: [], snapshot: false };
      return {
        data: { ...(typeof body === "object" && body), ...part, moved: [], movedCut: false },
      };
    };
    this.answers["receipt:put"] = () => ({ data: { counts: [] } });
  }

  get accountKey(): AccountKey {
    return accountKeyOf(this.serverId, this.accountId);
  }

  /** Turns the network on or off: standing connections end, new ones and HTTP fail. */
  setUp(isUp: boolean): void {
    this.http.isUp = isUp;
    this.wire.isUp = isUp;
    if (!isUp) this.wire.cutAll();
  }

  /** Forgets all access tokens, as time does. */
  expireTokens(): void {
    this.#tokens.clear();
  }

  push(name: string, body: unknown): void {
    for (const end of this.wire.openEnds) end.push(name, body);
  }

  requestsOf(name: string): unknown[] {
    return this.requests.filter((request) => request.name === name).map((request) => request.body);
  }

  grant(): SessionGrant {
    this.#minted += 1;
    const accessToken = `access-${this.#minted}`;
    this.#tokens.set(accessToken, this.#clock.nowMs() + TOKEN_LIFE_S * 1000);
    return {
      serverId: this.serverId,
      me: { accountId: this.accountId, handle: "ada", name: "Ada", role: "owner" },
      deviceId: this.deviceId,
      accessToken,
      accessExpiresInS: TOKEN_LIFE_S,
    };
  }

  #isGood(accessToken: string): boolean {
    return (this.#tokens.get(accessToken) ?? 0) > this.#clock.nowMs();
  }

  #answerHttp({ method, url, accessToken }: HttpRequest): Result<HttpResponse> {
    if (this.isPortal) return success({ status: 200, json: undefined });
    const { pathname } = new URL(url);
    const json = (status: number, body: unknown): Result<HttpResponse> =>
      success({ status, json: body });
    const refuse = (code: ErrorCode): Result<HttpResponse> =>
      json(401, { error: { ...failure(code, "refused").error, requestId: "r" } });
    switch (`${method} ${pathname}`) {
      case "GET /api/server": {
        const { serverId } = this;
        const info = { parley: true, version: "1", protocols: [1], signUp: "open", hasOwner: true };
        return json(200, { ...info, serverId });
      }
      case "POST /api/accounts":
      case "POST /api/sessions":
        return json(200, this.grant());
      case "POST /api/sessions/refresh":
        return this.refreshError ? refuse(this.refreshError) : json(200, this.grant());
      case "DELETE /api/sessions":
      case "DELETE /api/sessions/current":
        return this.#isGood(accessToken ?? "") ? json(204, undefined) : refuse("token_expired");
      case "GET /api/sessions": {
        const sessions = this.devices.map((device) => ({
          ...device,
          current: device.deviceId === this.deviceId,
        }));
        return this.#isGood(accessToken ?? "") ? json(200, { sessions }) : refuse("token_expired");
      }
      default:
        return json(404, { error: { code: "not_found", message: "none", requestId: "r" } });
    }
  }

  #connected(end: ServerEnd): void {
    if (!this.#isGood(end.options.accessToken)) {
      end.close("connect_error", { code: "token_expired", message: "expired", requestId: "r" });
      return;
    }
    const { accountId, deviceId, dataEpoch } = this;
    const nowMs = this.#clock.nowMs();
    end.push("session:welcome", { protocol: 1, accountId, deviceId, dataEpoch, nowMs });
  }

  #request(end: ServerEnd, name: string, body: unknown, answer: (reply: unknown) => void): void {
    this.requests.push({ name, body });
    const reply = this.answers[name]?.(body, end) ?? { data: {} };
    if ("error" in reply) answer({ error: { message: "refused", requestId: "r", ...reply.error } });
    else answer(reply);
  }
}
