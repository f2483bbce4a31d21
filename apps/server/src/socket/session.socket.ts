import { failure, success } from "@parley/protocol/errors.ts";
import { ClientConnection } from "./client-connection.ts";
import { answering, type Handlers } from "./request-handler.ts";
import type { VerifyAccess } from "./session-port.ts";

/** V11: a newer token of the same device keeps the connection. */
export function sessionHandlers(verifyAccess: VerifyAccess): Pick<Handlers, "session:renew"> {
  return {
    "session:renew": answering(async ({ connection, body }) => {
      const verified = await verifyAccess(body.accessToken);
      if (!verified.ok) return verified;
      const { accountId, deviceId, expiresAtMs } = verified.value;
      const isOwn = accountId === connection.accountId && deviceId === connection.deviceId;
      if (!isOwn || !(connection instanceof ClientConnection)) {
        return failure("unauthenticated", "This token is not of this device.");
      }
      connection.expiresAtMs = Math.max(connection.expiresAtMs, expiresAtMs);
      return success({});
    }),
  };
}
