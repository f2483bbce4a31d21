import { failure, type Result, success, WireError } from "@parley/protocol/errors.ts";
import {
  type DevicePatch,
  Me,
  type Refresh,
  ServerInfo,
  SessionGrant,
  SessionList,
  type SignIn,
  type SignUp,
} from "@parley/protocol/http/accounts.ts";
import type { DeviceId } from "@parley/protocol/ids.ts";
import { negotiateVersion } from "@parley/protocol/versions.ts";
import { failureOf, type Parser, parseWith } from "./parse.ts";
import type { HttpPort, HttpRequest, HttpResponse } from "./ports.ts";

const TIMEOUT_MS = 10_000;
/**
 * V37: after a sleep the HTTP stack may send into connections that are half-open, one after the other.
 * What may be sent twice is given up early and sent again on another one; all tries together end before
 * a step of connecting does.
 */
const FIRST_TRIES_MS = [1_500, 2_500];
/** Hashing a password takes its time on a small server under load. */
const SIGN_IN_TIMEOUT_MS = 30_000;

/** The wire's error in an answer, if it is one (E1). */
function errorOf(response: HttpResponse): Result<never> | undefined {
  const body = response.json;
  if (typeof body !== "object" || body === null || !("error" in body)) return undefined;
  const parsed = WireError.safeParse(body.error);
  if (!parsed.success) return undefined;
  return { ok: false, error: failureOf(parsed.data) };
}

function unexpected(response: HttpResponse): Result<never> {
  const known = errorOf(response);
  if (known) return known;
  // A gateway before the server that cannot reach it; anything else is somebody else's page.
  if (response.status === 502 || response.status === 503 || response.status === 504) {
    return failure("server_unreachable", `A gateway answered ${response.status}.`);
  }
  return failure(
    "not_a_parley_server",
    `The address answered ${response.status} with something else.`,
  );
}

/** The HTTP routes of a server as functions. All answers are parsed; nothing throws or hangs. */
export class AccountApi {
  readonly #http: HttpPort;
  readonly #serverUrl: string;

  /** `serverUrl` is an origin, see normaliseServerUrl. */
  constructor(http: HttpPort, serverUrl: string) {
    this.#http = http;
    this.#serverUrl = serverUrl;
  }

  /** What answers at the address; `not_a_parley_server` for a captive portal, `upgrade_required` (S15). */
  async probe(): Promise<Result<ServerInfo>> {
    const info = await this.#again({ method: "GET", path: "/api/server" }, ServerInfo);
    if (info.ok && negotiateVersion(info.value.protocols) === undefined) {
      return failure("upgrade_required", "App and server share no version of the protocol.");
    }
    return info;
  }

  signUp(body: SignUp): Promise<Result<SessionGrant>> {
    return this.#json(
      { method: "POST", path: "/api/accounts", body, timeoutMs: SIGN_IN_TIMEOUT_MS },
      SessionGrant,
    );
  }

  signIn(body: SignIn): Promise<Result<SessionGrant>> {
    return this.#json(
      { method: "POST", path: "/api/sessions", body, timeoutMs: SIGN_IN_TIMEOUT_MS },
      SessionGrant,
    );
  }

  /** X2: g answers g+1. */
  refresh(body: Refresh): Promise<Result<SessionGrant>> {
    return this.#again({ method: "POST", path: "/api/sessions/refresh", body }, SessionGrant);
  }

  /** Ends this session, or every session of the account. */
  signOut(accessToken: string, everywhere: boolean): Promise<Result<undefined>> {
    const path = everywhere ? "/api/sessions" : "/api/sessions/current";
    return this.#done({ method: "DELETE", path, accessToken });
  }

  /** V57: the devices on which the account is signed in. */
  devices(accessToken: string): Promise<Result<SessionList>> {
    return this.#again({ method: "GET", path: "/api/sessions", accessToken }, SessionList);
  }

  /** V57: signs out one device of the account; `not_found` if it has none of this name. */
  signOutDevice(accessToken: string, deviceId: DeviceId): Promise<Result<undefined>> {
    return this.#done({ method: "DELETE", path: `/api/sessions/${deviceId}`, accessToken });
  }

  renameDevice(
    accessToken: string,
    deviceId: DeviceId,
    body: DevicePatch,
  ): Promise<Result<undefined>> {
    return this.#done({ method: "PATCH", path: `/api/sessions/${deviceId}`, accessToken, body });
  }

  rename(accessToken: string, name: string): Promise<Result<Me>> {
    return this.#json({ method: "PATCH", path: "/api/account", accessToken, body: { name } }, Me);
  }

  /** Only for requests that change nothing when they are repeated. */
  async #again<T>(request: ApiRequest, schema: Parser<T>): Promise<Result<T>> {
    for (const timeoutMs of FIRST_TRIES_MS) {
      const answer = await this.#json({ ...request, timeoutMs }, schema);
      if (answer.ok || answer.error.code !== "timeout") return answer;
    }
    return this.#json(request, schema);
  }

  /** For requests whose answer says no more than that it is done. */
  async #done(request: ApiRequest): Promise<Result<undefined>> {
    const answer = await this.#send(request);
    if (!answer.ok) return answer;
    return answer.value.status < 300 ? success(undefined) : unexpected(answer.value);
  }

  async #json<T>(request: ApiRequest, schema: Parser<T>): Promise<Result<T>> {
    const answer = await this.#send(request);
    if (!answer.ok) return answer;
    const { status, json } = answer.value;
    if (status < 200 || status >= 300) return unexpected(answer.value);
    const parsed = parseWith(schema, json);
    return parsed.ok ? success(parsed.value) : unexpected(answer.value);
  }

  #send({ path, timeoutMs = TIMEOUT_MS, ...rest }: ApiRequest): Promise<Result<HttpResponse>> {
    return this.#http.send({ ...rest, url: `${this.#serverUrl}${path}`, timeoutMs });
  }
}

type ApiRequest = Omit<HttpRequest, "url" | "timeoutMs"> & { path: string; timeoutMs?: number };
