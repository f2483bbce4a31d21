import { join } from "node:path";

import { createBroker, createClient, type MessageBus } from "dbus-native";

import { removeTemporary, temporaryFolder } from "../driver/folders.ts";

/** A session bus of a test's own. */
export type TestBus = AsyncDisposable & {
  /** For DBUS_SESSION_BUS_ADDRESS. */
  readonly address: string;
  /** A connection to it, ended with the bus. */
  connect(): Promise<MessageBus>;
};

/** Connects to a bus and waits until it has said who we are. */
export async function connectTo(address: string): Promise<MessageBus> {
  const bus = createClient({ busAddress: address, fdTransport: false });
  // An answer that comes when the bus has been ended is nobody's loss.
  bus.connection.on("error", () => undefined);
  await bus.invokeDbus({ member: "GetId" });
  return bus;
}

/**
 * A bus in this process: whatever this machine has, nobody else is on it.
 *
 * @param folder where its socket lies; one of its own unless given
 */
export async function startTestBus(folder = temporaryFolder("bus")): Promise<TestBus> {
  const broker = createBroker();
  const address = await new Promise<string>((resolve, reject) => {
    broker.listen({ socket: join(folder, "bus") }, (error, where) => {
      if (error) reject(error);
      else resolve(where);
    });
  });
  const clients: MessageBus[] = [];
  return {
    address,
    connect: async () => {
      const client = await connectTo(address);
      clients.push(client);
      return client;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(clients.map((client) => client.close()));
      await new Promise<void>((resolve) => broker.close(resolve));
      await removeTemporary(folder);
    },
  };
}
