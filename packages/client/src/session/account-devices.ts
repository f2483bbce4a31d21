import { failure, type Result, success } from "@parley/protocol/errors.ts";
import type { Device, ListedDevice, SessionList } from "@parley/protocol/http/accounts.ts";
import type { DeviceId } from "@parley/protocol/ids.ts";
import type { AccountApi } from "../connection/account-api.ts";
import type { TokenKeeper } from "../connection/token-keeper.ts";

type Deps = {
  api: AccountApi;
  tokens: TokenKeeper;
  /** This one. */
  deviceId: DeviceId;
  /** The server told all devices of the account. */
  changed: (devices: ListedDevice[]) => void;
};

type Done = Result<Record<string, never>>;

/** V57: the devices on which one account is signed in. Nothing is kept: the server says it each time. */
export class AccountDevices {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  list(): Promise<Result<SessionList>> {
    const { api } = this.#deps;
    return this.#withToken((token) => api.devices(token));
  }

  /** Signs out another device. This one has a way of its own, which lets go of what it keeps. */
  async signOut(deviceId: DeviceId): Promise<Done> {
    const { api } = this.#deps;
    if (deviceId === this.#deps.deviceId) {
      return failure("not_allowed", "This device signs itself out.");
    }
    return done(await this.#withToken((token) => api.signOutDevice(token, deviceId)));
  }

  async rename(deviceId: DeviceId, name: string): Promise<Done> {
    const { api } = this.#deps;
    return done(await this.#withToken((token) => api.renameDevice(token, deviceId, { name })));
  }

  /** What the server pushed, with which one this is. */
  told(devices: readonly Device[]): void {
    const { deviceId } = this.#deps;
    this.#deps.changed(devices.map((one) => ({ ...one, current: one.deviceId === deviceId })));
  }

  async #withToken<T>(ask: (accessToken: string) => Promise<Result<T>>): Promise<Result<T>> {
    const token = await this.#deps.tokens.obtain(false);
    return token.ok ? ask(token.value.accessToken) : token;
  }
}

function done(result: Result<unknown>): Done {
  return result.ok ? success({}) : result;
}
