// The limit that the real server is measured against: what Socket.IO alone takes to move payloads of
// the same size. It echoes each message to its sender and relays it to the chat's room; it checks,
// orders, hashes and stores nothing. Same transport and same frames as the real server's, so the
// load generator does not know which one it talks to.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import type { Send } from "@parley/protocol/event.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import { SOCKET_PATH } from "@parley/protocol/socket/pushes.ts";
import type { RequestBody } from "@parley/protocol/socket/requests.ts";
import { Server } from "socket.io";

type Ack = (reply: unknown) => void;

const HASH = "A".repeat(43);
const NOBODY = "01890a5d-ac96-774b-bcce-b302099a8057";
/** With --keep, the newest messages of each room stay in memory for sync:pull to give out. */
const keeps = process.argv.includes("--keep");
const kept = new Map<string, ReturnType<typeof dressUp>[]>();

const http = createServer();
const io = new Server(http, {
  path: SOCKET_PATH,
  transports: ["websocket"],
  serveClient: false,
  maxHttpBufferSize: LIMITS.frameBytes,
});

let seq = 0;

/** As many bytes as the real server's event has. */
function dressUp(send: Send) {
  seq += 1;
  return {
    ...send,
    seq,
    at: Date.now(),
    senderId: NOBODY,
    senderDeviceId: NOBODY,
    contentHash: HASH,
    prevHash: HASH,
    hash: HASH,
  };
}

io.on("connection", (socket) => {
  const rooms = String(socket.handshake.auth["accessToken"]).split(" ");
  void socket.join(rooms);
  socket.emit("session:welcome", { protocol: 1, nowMs: Date.now() });

  socket.on("sync:hello", (_body: unknown, ack: Ack) => {
    ack({ data: { dataEpoch: NOBODY, watermark: seq, changes: [], next: null } });
  });

  socket.on("chat:send", (body: RequestBody<"chat:send">, ack: Ack) => {
    const events = body.items.map(dressUp);
    ack({ data: { outcomes: events.map((event) => ({ event })) } });
    for (const event of events) {
      socket.to(body.chatId).emit("sync:changes", {
        changes: [{ kind: "event", change: event.seq, event }],
      });
    }
    if (keeps) kept.set(body.chatId, [...(kept.get(body.chatId) ?? []), ...events]);
  });

  socket.on("sync:pull", (body: RequestBody<"sync:pull">, ack: Ack) => {
    let room = LIMITS.pullEvents;
    const parts = body.chats.map(({ chatId, after }) => {
      const all = kept.get(chatId) ?? [];
      // The client's cursor counts events of its chat; here they are simply the list's indexes.
      const events = all
        .slice(after, after + room)
        .map((event, n) => ({ ...event, seq: after + n + 1 }));
      room -= events.length;
      return { chatId, headSeq: all.length, events, withheld: [], snapshot: false };
    });
    ack({
      data: { parts, more: parts.some((part) => (part.events.at(-1)?.seq ?? 0) < part.headSeq) },
    });
  });

  socket.on("receipt:put", (_body: unknown, ack: Ack) => ack({ data: {} }));
});

http.listen(0, "127.0.0.1", () => {
  const { port } = http.address() as AddressInfo;
  process.send?.({ type: "ready", url: `http://127.0.0.1:${port}`, port });
});
process.once("SIGTERM", () => void io.close().then(() => process.exit(0)));
