import { AccountApi } from "@parley/client/connection/account-api.ts";
import { Connection } from "@parley/client/connection/connection.ts";
import { fetchHttp } from "@parley/client/connection/fetch-http.ts";
import type { SocketPort } from "@parley/client/connection/ports.ts";
import { socketIo } from "@parley/client/connection/socket-io.ts";
import { systemClock } from "@parley/client/connection/system-clock.ts";
import { TokenKeeper } from "@parley/client/connection/token-keeper.ts";
import type { Failure, Result } from "@parley/protocol/errors.ts";
import { DeviceId, newId, type ServerId } from "@parley/protocol/ids.ts";
import type { RequestData, RequestInput, RequestName } from "@parley/protocol/socket/requests.ts";
import { io } from "socket.io-client";

import type { Seat } from "../../bench/harness/world.ts";

/** Longer than any of this runs. */
const TOKEN_LIFE_S = 20_000;
const none = { onWake: () => () => undefined, onChange: () => () => undefined };

/** Sockets that come from an address of their own, as the server behind a proxy sees it. */
function socketsFrom(address: string): SocketPort {
  return socketIo((serverUrl, { auth, ...options }) =>
    io(serverUrl, {
      ...options,
      auth: { ...auth },
      extraHeaders: { "x-forwarded-for": address },
    }),
  );
}

/** An address for each number, so that the crowd does not come from one place. */
export function addressOf(number: number): string {
  return `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`;
}

/** The real connection of a client, with a writer that is always there and keeps nothing. */
export class LightClient {
  readonly connection: Connection;
  readonly seat: Seat;
  /** Errors for which it was offline, since the count began. */
  readonly errors = new Map<string, number>();
  #since: { dataEpoch: RequestData<"sync:hello">["dataEpoch"] | null; since: number };

  constructor(options: {
    url: string;
    serverId: ServerId;
    seat: Seat;
    number: number;
    attentive: boolean;
    changed: () => void;
  }) {
    const { url, serverId, seat, number } = options;
    this.seat = seat;
    this.#since = { dataEpoch: null, since: 0 };
    const api = new AccountApi(fetchHttp, url);
    const deviceId = newId(DeviceId);
    const me = { accountId: seat.accountId, handle: "x", name: "x", role: "user" as const };
    const grant = { accessToken: seat.accessToken, accessExpiresInS: TOKEN_LIFE_S };
    const transport = { kind: "cookie" as const };
    const tokens = new TokenKeeper(
      {
        api,
        clock: systemClock,
        transport,
        serverId,
        deviceId,
        secretName: "none",
        granted: () => undefined,
      },
      { serverId, me, deviceId, ...grant },
    );
    this.connection = new Connection({
      socket: socketsFrom(addressOf(number)),
      clock: systemClock,
      power: none,
      network: none,
      log: { warn: () => undefined },
      serverUrl: url,
      serverId,
      api,
      tokens,
      attentive: () => options.attentive,
      changed: (state) => {
        if (state.name === "offline" && state.error) this.#count(state.error);
        options.changed();
      },
      pushed: () => undefined,
      checkBody: () => ({ chatIds: [] }),
      welcomed: () => undefined,
      catchUp: () => void this.#hello(),
      signedOut: (error) => this.#count(error),
    });
  }

  get isLive(): boolean {
    return this.connection.state.name === "live";
  }

  request<Name extends RequestName>(
    name: Name,
    body: RequestInput<Name>,
  ): Promise<Result<RequestData<Name>>> {
    return this.connection.request(name, body);
  }

  #count({ code }: Failure): void {
    this.errors.set(code, (this.errors.get(code) ?? 0) + 1);
  }

  async #hello(): Promise<void> {
    let after: string | undefined;
    for (;;) {
      const page = await this.request("sync:hello", { ...this.#since, ...(after && { after }) });
      if (!page.ok) {
        // As the engine does: while the connection stands, again a little later.
        systemClock.setTimer(() => {
          if (this.connection.state.name === "catching-up") void this.#hello();
        }, 2_000);
        return;
      }
      const { dataEpoch, watermark, next } = page.value;
      if (next === null) {
        this.#since = { dataEpoch, since: watermark };
        this.connection.caughtUp();
        return;
      }
      after = next;
    }
  }
}
