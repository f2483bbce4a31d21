import { AccountApi } from "@parley/client/connection/account-api.ts";
import { fetchHttp } from "@parley/client/connection/fetch-http.ts";
import { composeRedact, composeText } from "@parley/client/sync/compose.ts";
import type { Result } from "@parley/protocol/errors.ts";
import type { Send } from "@parley/protocol/event.ts";
import type { SessionGrant } from "@parley/protocol/http/accounts.ts";
import { type AccountId, ChatId, type ClientId, newId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import type { RequestData, RequestInput, RequestName } from "@parley/protocol/socket/requests.ts";

import { Connection } from "../bench/load/connection.ts";

export const TALKER_PASSWORD = "correct horse battery";
const DEVICE = { name: "Test", platform: "other" } as const;

/** Someone who speaks to the server directly, without an app: quick, and as often as a test likes. */
export class Talker {
  readonly name: string;
  readonly handle: string;
  readonly accountId: AccountId;
  readonly #api: AccountApi;
  readonly #serverUrl: string;
  #connection: Connection;

  private constructor(options: {
    name: string;
    handle: string;
    accountId: AccountId;
    api: AccountApi;
    serverUrl: string;
    connection: Connection;
  }) {
    this.name = options.name;
    this.handle = options.handle;
    this.accountId = options.accountId;
    this.#api = options.api;
    this.#serverUrl = options.serverUrl;
    this.#connection = options.connection;
  }

  /** Makes an account, whose password is TALKER_PASSWORD, and connects. */
  static async signUp(serverUrl: string, name: string, handle: string): Promise<Talker> {
    const api = new AccountApi(fetchHttp, serverUrl);
    const body = { name, handle, password: TALKER_PASSWORD, device: DEVICE };
    const grant = await api.signUp({ ...body, tokenTransport: "body" });
    return Talker.#open(serverUrl, api, grant);
  }

  /** Another device of an account whose password is TALKER_PASSWORD. */
  static async signIn(serverUrl: string, handle: string): Promise<Talker> {
    const api = new AccountApi(fetchHttp, serverUrl);
    const body = { handle, password: TALKER_PASSWORD, device: DEVICE };
    return Talker.#open(serverUrl, api, await api.signIn({ ...body, tokenTransport: "body" }));
  }

  static async #open(
    serverUrl: string,
    api: AccountApi,
    grant: Result<SessionGrant>,
  ): Promise<Talker> {
    if (!grant.ok) throw new Error(`no session: ${grant.error.message}`);
    const { me, accessToken } = grant.value;
    const { accountId, name, handle } = me;
    const connection = await Connection.open(serverUrl, { accountId, accessToken, chatIds: [] });
    return new Talker({ name, handle, accountId, api, serverUrl, connection });
  }

  /** Connects anew, as another device: after the server was started again. */
  async reconnect(): Promise<void> {
    this.#connection.close();
    const { handle, accountId } = this;
    const body = { handle, password: TALKER_PASSWORD, device: DEVICE };
    const grant = await this.#api.signIn({ ...body, tokenTransport: "body" });
    if (!grant.ok) throw new Error(`no session: ${grant.error.message}`);
    const { accessToken } = grant.value;
    const seat = { accountId, accessToken, chatIds: [] };
    this.#connection = await Connection.open(this.#serverUrl, seat);
  }

  ask<Name extends RequestName>(name: Name, body: RequestInput<Name>): Promise<RequestData<Name>> {
    return this.#connection.ask(name, body);
  }

  async createDirect(other: Pick<Talker, "accountId">): Promise<ChatId> {
    const asked = { chatId: newId(ChatId), accountId: other.accountId };
    const { chat } = await this.ask("chat:create-direct", asked);
    return chat.chatId;
  }

  async createGroup(title: string, others: readonly Pick<Talker, "accountId">[]): Promise<ChatId> {
    const accountIds = others.map(({ accountId }) => accountId);
    const { chat } = await this.ask("chat:create-group", {
      chatId: newId(ChatId),
      title,
      accountIds,
    });
    return chat.chatId;
  }

  /** Sends texts to a chat, in as few requests as may be. Resolves to their names once all are stored. */
  async say(
    chatId: ChatId,
    texts: readonly string[],
    mentions: readonly AccountId[] = [],
  ): Promise<ClientId[]> {
    return this.#send(
      chatId,
      texts.map((text) => {
        const composed = composeText(chatId, { text, mentions });
        if (!composed.ok) throw new Error(composed.error.message);
        return composed.value;
      }),
    );
  }

  /** Deletes a message for everyone. */
  async erase(chatId: ChatId, target: ClientId): Promise<void> {
    await this.#send(chatId, [composeRedact(chatId, target)]);
  }

  /** S9: what the server counts for this account, over all chats. */
  async counts(): Promise<{ unread: number; mentions: number }> {
    const { changes } = await this.#connection.hello();
    const total = { unread: 0, mentions: 0 };
    for (const change of changes) {
      if (change.kind !== "chat") continue;
      total.unread += change.chat.my.unread;
      total.mentions += change.chat.my.mentions;
    }
    return total;
  }

  close(): void {
    this.#connection.close();
  }

  async #send(chatId: ChatId, items: readonly Send[]): Promise<ClientId[]> {
    for (let first = 0; first < items.length; first += LIMITS.flushItems) {
      const some = items.slice(first, first + LIMITS.flushItems);
      const { outcomes } = await this.ask("chat:send", { chatId, items: some });
      const refused = outcomes.find((outcome) => "error" in outcome);
      if (refused) throw new Error(`not sent: ${JSON.stringify(refused)}`);
    }
    return items.map(({ clientId }) => clientId);
  }
}
