import type { CallBody, HostedAccount } from "@parley/protocol/bridge/contract.ts";
import { failure, failureOfIssues, type Result, success } from "@parley/protocol/errors.ts";
import {
  type DeviceInfo,
  type ServerInfo,
  type SessionGrant,
  SignIn,
  SignUp,
} from "@parley/protocol/http/accounts.ts";
import { accountKeyOf } from "@parley/protocol/ids.ts";
import { AccountApi } from "../connection/account-api.ts";
import type { HttpPort } from "../connection/ports.ts";
import { normaliseServerUrl } from "../connection/server-url.ts";

export type SignInPorts = {
  http: HttpPort;
  tokenTransport: "cookie" | "body";
  device: DeviceInfo;
  /** X2: the web shell speaks only to its own origin; undefined where any server may be named. */
  onlyOrigin?: string | undefined;
};

/** A server that answered as one, at its origin. */
type Found = { serverUrl: string; info: ServerInfo; api: AccountApi };

export type SignedIn = { account: HostedAccount; grant: SessionGrant };

async function findServer(ports: SignInPorts, typed: string): Promise<Result<Found>> {
  const url = normaliseServerUrl(typed);
  if (!url.ok) return url;
  const serverUrl = url.value;
  if (ports.onlyOrigin !== undefined && serverUrl !== ports.onlyOrigin) {
    return failure("wrong_origin", "This app speaks only to the server it came from.", {
      field: "serverUrl",
    });
  }
  const api = new AccountApi(ports.http, serverUrl);
  const info = await api.probe();
  return info.ok ? success({ serverUrl, info: info.value, api }) : info;
}

function signedIn(
  ports: SignInPorts,
  found: Found,
  granted: Result<SessionGrant>,
): Result<SignedIn> {
  if (!granted.ok) return granted;
  const { serverId, me } = granted.value;
  if (serverId !== found.info.serverId) {
    return failure("server_changed", "Another server answered the sign-in.");
  }
  const accountKey = accountKeyOf(serverId, me.accountId);
  const { name: deviceName } = ports.device;
  const account = { accountKey, serverId, serverUrl: found.serverUrl, me, deviceName };
  return success({ account, grant: granted.value });
}

/** What answers at an address that somebody typed. */
export async function probeServer(ports: SignInPorts, typed: string): Promise<Result<ServerInfo>> {
  const found = await findServer(ports, typed);
  return found.ok ? success(found.value.info) : found;
}

/** X2: opens a session of an existing account on this device. */
export async function signIn(
  ports: SignInPorts,
  body: CallBody<"account:sign-in">,
): Promise<Result<SignedIn>> {
  const { device, tokenTransport } = ports;
  const { handle, password } = body;
  const request = SignIn.safeParse({ handle, password, device, tokenTransport });
  if (!request.success) return failureOfIssues(request.error);
  const found = await findServer(ports, body.serverUrl);
  if (!found.ok) return found;
  return signedIn(ports, found.value, await found.value.api.signIn(request.data));
}

/** Makes an account and opens its first session. Not repeated by itself: a lost answer shows as `handle_taken`. */
export async function signUp(
  ports: SignInPorts,
  body: CallBody<"account:sign-up">,
): Promise<Result<SignedIn>> {
  const { device, tokenTransport } = ports;
  const { serverUrl, ...rest } = body;
  const request = SignUp.safeParse({ ...rest, device, tokenTransport });
  if (!request.success) return failureOfIssues(request.error);
  const found = await findServer(ports, serverUrl);
  if (!found.ok) return found;
  return signedIn(ports, found.value, await found.value.api.signUp(request.data));
}
