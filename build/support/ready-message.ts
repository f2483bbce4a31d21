/** What the server tells the process that started it, once it listens. */
export type ReadyMessage = { type: "ready"; url: string };

export function isReadyMessage(message: unknown): message is ReadyMessage {
  return (
    typeof message === "object" &&
    message !== null &&
    "type" in message &&
    message.type === "ready" &&
    "url" in message &&
    typeof message.url === "string"
  );
}
