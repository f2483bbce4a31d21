import { readFileSync } from "node:fs";
import type { DataFolder } from "../config/data-folder.ts";
import { StartupError } from "../config/startup-error.ts";
import { WireError } from "@parley/protocol/errors.ts";
import { z } from "zod";
import { type ControlAnswer, ControlFile, type ControlRequest } from "../features/admin/control.ts";

const TIMEOUT_MS = 15_000;

const Answer = z.union([
  z.object({
    data: z.union([
      z.object({ code: z.string() }),
      z.object({ handle: z.string(), password: z.string() }),
    ]),
  }),
  z.object({ error: WireError.omit({ requestId: true }) }),
]);

/**
 * Asks the server that runs on this folder. Throws a StartupError with one line when it does not
 * answer or refuses.
 */
export async function askRunningServer(
  folder: DataFolder,
  request: ControlRequest,
): Promise<ControlAnswer> {
  let answer: z.infer<typeof Answer>;
  try {
    const { port, secret } = ControlFile.parse(
      JSON.parse(readFileSync(folder.controlFile, "utf8")),
    );
    const response = await fetch(`http://127.0.0.1:${port}/`, {
      method: "POST",
      headers: { authorization: `Bearer ${secret}`, "content-type": "application/json" },
      body: JSON.stringify(request),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    answer = Answer.parse(await response.json());
  } catch {
    throw new StartupError(
      `A server runs on the data folder ${folder.dataDir} but does not answer: stop it and try again.`,
    );
  }
  if ("error" in answer) throw new StartupError(answer.error.message);
  return answer.data;
}
