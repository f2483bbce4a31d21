import { parseWith } from "@parley/client/connection/parse.ts";
import { z } from "zod";

const Response = z.object({ identifier: z.string().min(1), userText: z.string().optional() });

/** The notification by which the app was started, by its handle, and what was written into it. */
export type Launch = { handle: string; reply: string };

/**
 * Reads what macOS says at the start of an app: a click on a notification that outlived it is told there
 * and nowhere else. Undefined for any other start.
 */
export function readLaunch(info: unknown): Launch | undefined {
  const response = parseWith(Response, info);
  if (!response.ok) return undefined;
  return { handle: response.value.identifier, reply: response.value.userText ?? "" };
}
