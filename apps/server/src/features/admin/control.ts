import { randomBytes, timingSafeEqual } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { type Failure, failureOfIssues, type Result } from "@parley/protocol/errors.ts";
import { z } from "zod";
import type { OperatorService } from "../accounts/operator.service.ts";

/**
 * How commands beside a running server reach it: a port on this machine alone, named together with
 * a secret in a file of the data folder that only the server's user can read. So the server itself
 * does the work, and sockets that have to close do so at once.
 */
export const ControlFile = z.object({
  pid: z.number().int(),
  port: z.number().int().min(1).max(65_535),
  secret: z.string().min(32),
});

export const InviteTerms = z.object({
  uses: z.number().int().min(1).max(1000),
  hours: z.number().int().min(1).max(8760),
});
export type InviteTerms = z.infer<typeof InviteTerms>;

export const ControlRequest = z.discriminatedUnion("command", [
  InviteTerms.extend({ command: z.literal("invite") }),
  z.object({ command: z.literal("reset-password"), handle: z.string().min(1).max(256) }),
]);
export type ControlRequest = z.infer<typeof ControlRequest>;

/** What a command answers with. */
export type ControlAnswer = { code: string } | { handle: string; password: string };

const MAX_REQUEST_BYTES = 4096;

/** Does what a command asks, in this process. */
export function runControl(
  operator: OperatorService,
  request: ControlRequest,
): Promise<Result<ControlAnswer>> {
  return request.command === "invite"
    ? operator.invite(request)
    : operator.resetPassword(request.handle);
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) {
    text += String(chunk);
    if (text.length > MAX_REQUEST_BYTES) break;
  }
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: the schema says what is wrong with it.
    return undefined;
  }
}

function holdsSecret(request: IncomingMessage, secret: string): boolean {
  const given = Buffer.from(request.headers.authorization ?? "");
  const expected = Buffer.from(`Bearer ${secret}`);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

export type Control = { readonly close: () => void };

/** Opens the control port and writes the file that names it. `report` is told of the server's faults. */
export async function openControl(
  controlFile: string,
  operator: OperatorService,
  report: (error: unknown) => void,
): Promise<Control> {
  const secret = randomBytes(32).toString("base64url");
  const server = createServer((request, response) => {
    const answer = (status: number, body: { data: ControlAnswer } | { error: Failure }) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    const handle = async () => {
      if (!holdsSecret(request, secret)) {
        return answer(401, { error: { code: "unauthenticated", message: "Wrong secret." } });
      }
      const parsed = ControlRequest.safeParse(await readJson(request));
      const result = parsed.success
        ? await runControl(operator, parsed.data)
        : failureOfIssues(parsed.error);
      return result.ok ? answer(200, { data: result.value }) : answer(400, { error: result.error });
    };
    handle().catch((error: unknown) => {
      report(error);
      answer(500, { error: { code: "internal", message: "The server could not do this." } });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string")
    throw new Error("The control port has no number.");
  const content: z.infer<typeof ControlFile> = { pid: process.pid, port: address.port, secret };
  // Removed first: the mode counts only for a file that is new.
  rmSync(controlFile, { force: true });
  writeFileSync(controlFile, JSON.stringify(content), { mode: 0o600 });
  return {
    close: () => {
      rmSync(controlFile, { force: true });
      server.close();
      server.closeAllConnections();
    },
  };
}
