import type { Change, ChangeOf } from "@parley/protocol/chat.ts";
import type { WireError } from "@parley/protocol/errors.ts";
import type { Event, Send } from "@parley/protocol/event.ts";
import { type ChatId, ClientId, newId } from "@parley/protocol/ids.ts";
import { SOCKET_PATH, type PushBody, type PushName } from "@parley/protocol/socket/pushes.ts";
import type {
  Reply,
  RequestData,
  RequestInput,
  RequestName,
} from "@parley/protocol/socket/requests.ts";
import { PROTOCOL_VERSIONS } from "@parley/protocol/versions.ts";
import { io, type Socket } from "socket.io-client";

type Frame = { name: string; body: unknown };

/** A socket client that keeps everything it gets: pushes and answers in order of arrival. */
export class TestClient {
  readonly socket: Socket;
  readonly frames: Frame[] = [];
  closed: string | undefined;
  #wake: (() => void)[] = [];

  constructor(socket: Socket) {
    this.socket = socket;
    socket.onAny((name: string, body: unknown) => this.#add({ name, body }));
    socket.on("disconnect", (reason) => {
      this.closed = reason;
      this.#add({ name: "closed", body: reason });
    });
  }

  #add(frame: Frame): void {
    this.frames.push(frame);
    for (const wake of this.#wake.splice(0)) wake();
  }

  /** Waits until a look at what has arrived finds something. */
  async until<T>(look: () => T | undefined | false): Promise<T> {
    for (;;) {
      const found = look();
      if (found !== undefined && found !== false) return found;
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }

  /** Raw request: whatever name and body. */
  ask(name: string, body: unknown): Promise<Reply<unknown>> {
    return new Promise((resolve) => {
      this.socket.emit(name, body, (reply: Reply<unknown>) => {
        this.#add({ name: "answer", body: reply });
        resolve(reply);
      });
    });
  }

  async request<Name extends RequestName>(
    name: Name,
    body: RequestInput<Name>,
  ): Promise<RequestData<Name>> {
    const reply = (await this.ask(name, body)) as Reply<RequestData<Name>>;
    if ("error" in reply) throw new Error(`${name}: ${reply.error.code} ${reply.error.message}`);
    return reply.data;
  }

  async refusal<Name extends RequestName>(
    name: Name,
    body: RequestInput<Name>,
  ): Promise<WireError> {
    const reply = await this.ask(name, body);
    if (!("error" in reply)) throw new Error(`${name} was accepted.`);
    return reply.error;
  }

  pushes<Name extends PushName>(name: Name): PushBody<Name>[] {
    return this.frames
      .filter((frame) => frame.name === name)
      .map((frame) => frame.body as PushBody<Name>);
  }

  changes(): Change[] {
    return this.pushes("sync:changes").flatMap((push) => push.changes);
  }

  changesOf<Kind extends Change["kind"]>(kind: Kind): ChangeOf<Kind>[] {
    return this.changes().filter((change): change is ChangeOf<Kind> => change.kind === kind);
  }

  /** Events of a chat in the order in which they came, by push and by answer alike. */
  eventsOf(chatId: ChatId): Event[] {
    return this.frames.flatMap(({ name, body }) => {
      if (name === "sync:changes") {
        return (body as PushBody<"sync:changes">).changes.flatMap((change) =>
          change.kind === "event" && change.event.chatId === chatId ? [change.event] : [],
        );
      }
      if (name !== "answer") return [];
      const reply = body as Reply<Partial<RequestData<"chat:send">>>;
      if (!("data" in reply)) return [];
      return (reply.data.outcomes ?? []).flatMap((outcome) =>
        "event" in outcome && outcome.event.chatId === chatId ? [outcome.event] : [],
      );
    });
  }

  hello(since = 0): Promise<RequestData<"sync:hello">> {
    return this.request("sync:hello", { dataEpoch: null, since });
  }

  /** Sends one text and returns its event. */
  async say(chatId: ChatId, text: string, extra: Partial<Send> = {}): Promise<Event> {
    const items = [textItem(chatId, text, extra)];
    const { outcomes } = await this.request("chat:send", { chatId, items });
    const [outcome] = outcomes;
    if (!outcome || "error" in outcome) throw new Error(`say: ${outcome?.error.code}`);
    return outcome.event;
  }

  close(): void {
    this.socket.disconnect();
  }
}

/** An item to send. The payload is opaque to the server (S2b). */
export function textItem(chatId: ChatId, text: string, extra: Partial<Send> = {}): Send {
  return {
    chatId,
    clientId: newId(ClientId),
    alg: "none",
    type: "text",
    notify: true,
    payload: JSON.stringify({ type: "text", salt: "0123456789abcdefghijkl", text }),
    ...extra,
  };
}

export type ConnectOptions = {
  protocols?: readonly number[];
  headers?: Record<string, string>;
  transports?: ("websocket" | "polling")[];
  auth?: unknown;
};

/** Opens a socket; rejects with the server's refusal. */
export async function connect(
  url: string,
  accessToken: string,
  options: ConnectOptions = {},
): Promise<TestClient> {
  const socket = io(url, {
    path: SOCKET_PATH,
    auth: (options.auth as Record<string, unknown> | undefined) ?? {
      accessToken,
      protocols: options.protocols ?? PROTOCOL_VERSIONS,
    },
    transports: options.transports ?? ["websocket"],
    reconnection: false,
    forceNew: true,
    ...(options.headers && { extraHeaders: options.headers }),
  });
  const client = new TestClient(socket);
  await new Promise<void>((resolve, reject) => {
    socket.once("session:welcome", () => resolve());
    socket.once("connect_error", (error: Error & { data?: { error?: WireError } }) => {
      socket.disconnect();
      reject(error.data?.error ? new RefusedConnection(error.data.error) : error);
    });
  });
  return client;
}

/** Opens a socket and says hello: from then on it gets what changes. */
export async function join(server: { url: string }, accessToken: string): Promise<TestClient> {
  const client = await connect(server.url, accessToken);
  await client.hello();
  return client;
}

/** Why the server did not let a socket in. */
export class RefusedConnection extends Error {
  readonly error: WireError;
  constructor(error: WireError) {
    super(error.code);
    this.error = error;
  }
}
