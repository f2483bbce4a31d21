import { expect, test } from "vitest";
import type { Socket, SocketClosure, SocketOptions, SocketPort } from "../connection/ports.ts";
import type { ServerScript } from "./socket-pair.ts";

/** A port and the server behind it, which follows a script. */
export type SocketPortSubject = {
  port: SocketPort;
  serverUrl: string;
  /** Lets everything under way arrive until `isDone`. */
  until(isDone: () => boolean): Promise<void>;
  /** No server answers from now on. */
  goDown(): Promise<void>;
  stop(): Promise<void>;
};

type Heard = {
  opened: number;
  frames: { name: string; body: unknown }[];
  closures: SocketClosure[];
};

/** What every SocketPort does, whatever carries it. */
export function socketPortSuite(open: (script: ServerScript) => Promise<SocketPortSubject>): void {
  function connect(
    subject: SocketPortSubject,
    accessToken = "good",
    firstTransport: SocketOptions["firstTransport"] = "websocket",
  ): { socket: Socket; heard: Heard } {
    const heard: Heard = { opened: 0, frames: [], closures: [] };
    const { port, serverUrl } = subject;
    const socket = port.open(
      { serverUrl, accessToken, protocols: [1], firstTransport },
      {
        opened: () => {
          heard.opened += 1;
        },
        frame: (name, body) => void heard.frames.push({ name, body }),
        closed: (closure) => void heard.closures.push(closure),
      },
    );
    return { socket, heard };
  }

  const script: ServerScript = {
    connected: (end) => {
      const { accessToken, protocols } = end.options;
      if (accessToken === "good") end.push("session:welcome", { protocols });
      else end.close("refused", { code: "token_expired", message: "old", requestId: "r" });
    },
    request: (end, name, body, answer) => {
      if (name === "echo") answer({ data: body });
      if (name === "twice") for (const n of [1, 2]) end.push("frame", { n });
      if (name === "leave") end.close("io server disconnect");
    },
  };

  test("S15: it opens with token and versions, and carries frames in order", async () => {
    const subject = await open(script);
    const { socket, heard } = connect(subject);
    await subject.until(() => heard.frames.length > 0);
    expect(heard).toMatchObject({ opened: 1, closures: [] });
    expect(heard.frames[0]).toEqual({ name: "session:welcome", body: { protocols: [1] } });
    socket.emit("twice", {}, () => undefined);
    await subject.until(() => heard.frames.length > 2);
    expect(heard.frames.slice(1).map((frame) => frame.body)).toEqual([{ n: 1 }, { n: 2 }]);
    socket.close();
    await subject.stop();
  });

  test("V39: it may begin with long polling, and carries the same", async () => {
    const subject = await open(script);
    const { socket, heard } = connect(subject, "good", "polling");
    await subject.until(() => heard.frames.length > 0);
    expect(heard).toMatchObject({ opened: 1, closures: [] });
    const answers: unknown[] = [];
    socket.emit("echo", { text: "a" }, (reply) => answers.push(reply));
    await subject.until(() => answers.length > 0);
    expect(answers).toEqual([{ data: { text: "a" } }]);
    socket.close();
    await subject.stop();
  });

  test("V10: a request gets its own answer", async () => {
    const subject = await open(script);
    const { socket, heard } = connect(subject);
    await subject.until(() => heard.frames.length > 0);
    const answers: unknown[] = [];
    for (const text of ["a", "ü", "\u0000"])
      socket.emit("echo", { text }, (reply) => answers.push(reply));
    await subject.until(() => answers.length === 3);
    expect(answers).toEqual([
      { data: { text: "a" } },
      { data: { text: "ü" } },
      { data: { text: "\u0000" } },
    ]);
    socket.close();
    await subject.stop();
  });

  test("X2: a refused handshake closes once and tells what the server said", async () => {
    const subject = await open(script);
    const { heard } = connect(subject, "bad");
    await subject.until(() => heard.closures.length > 0);
    expect(heard.frames).toEqual([]);
    expect(heard.closures).toMatchObject([{ said: { code: "token_expired" } }]);
    await subject.stop();
  });

  test("a connection that the server ends is closed once, without a word of its own", async () => {
    const subject = await open(script);
    const { socket, heard } = connect(subject);
    await subject.until(() => heard.frames.length > 0);
    socket.emit("leave", {}, () => undefined);
    await subject.until(() => heard.closures.length > 0);
    expect(heard.closures).toHaveLength(1);
    expect(heard.closures[0]?.said).toBeUndefined();
    await subject.stop();
  });

  test("E5: where nobody answers it closes once and does not try again", async () => {
    const subject = await open(script);
    await subject.goDown();
    const { heard } = connect(subject);
    await subject.until(() => heard.closures.length > 0);
    expect(heard).toMatchObject({ opened: 0, frames: [] });
    expect(heard.closures).toHaveLength(1);
    await subject.stop();
  });

  test("a socket closed by us hears nothing any more, and emitting on it does nothing", async () => {
    const subject = await open(script);
    const { socket, heard } = connect(subject);
    await subject.until(() => heard.frames.length > 0);
    socket.emit("twice", {}, () => undefined);
    socket.close();
    const answers: unknown[] = [];
    socket.emit("echo", {}, (reply) => answers.push(reply));
    const other = connect(subject);
    await subject.until(() => other.heard.frames.length > 0);
    expect(heard.frames).toHaveLength(1);
    expect(heard.closures).toEqual([]);
    expect(answers).toEqual([]);
    other.socket.close();
    await subject.stop();
  });
}
