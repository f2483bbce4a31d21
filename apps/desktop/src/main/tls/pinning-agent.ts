import { Agent, type AgentOptions, type RequestOptions } from "node:https";
import type { Duplex } from "node:stream";
import { connect, type ConnectionOptions, type TLSSocket } from "node:tls";
import type { Failure } from "@parley/protocol/errors.ts";
import type { Shown } from "./certificate-decision.ts";

/** Says whether a server's certificate is taken; undefined: yes. */
export type JudgeCertificate = (origin: string, shown: Shown) => Promise<Failure | undefined>;

/** Thrown into a request whose server's certificate was not taken. */
export class CertificateError extends Error {
  override readonly name = "CertificateError";
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

function originOf({ host, port }: RequestOptions): string {
  const name = host?.includes(":") === true ? `[${host}]` : (host ?? "");
  return new URL(`https://${name}:${port ?? 443}`).origin;
}

/** Handed on only after the judgement: not a byte of a request leaves before it. */
async function judged(socket: TLSSocket, origin: string, judge: JudgeCertificate): Promise<Duplex> {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  socket.once("secureConnect", () => resolve(undefined));
  socket.once("error", reject);
  socket.once("close", () => reject(new Error("The connection was closed.")));
  await promise;
  const fingerprint = socket.getPeerCertificate().fingerprint256;
  const refused = await judge(origin, { isVouchedFor: socket.authorized, fingerprint });
  if (refused) {
    socket.destroy();
    throw new CertificateError(refused);
  }
  return socket;
}

/**
 * X1: the one agent by which the desktop speaks TLS, for requests and for the socket. It takes what an
 * authority vouches for, and what the user compared and took.
 */
export class PinningAgent extends Agent {
  readonly #judge: JudgeCertificate;

  constructor(judge: JudgeCertificate, options: AgentOptions = {}) {
    super(options);
    this.#judge = judge;
  }

  override createConnection(
    options: RequestOptions & ConnectionOptions,
    created?: (error: Error | null, socket: Duplex) => void,
  ): null {
    // No session is resumed: each connection shows its certificate.
    const socket = connect({
      ...options,
      rejectUnauthorized: false,
      ALPNProtocols: ["http/1.1"],
    });
    judged(socket, originOf(options), this.#judge).then(
      (duplex) => created?.(null, duplex),
      (error: unknown) =>
        created?.(error instanceof Error ? error : new Error(String(error)), socket),
    );
    return null;
  }
}
