import type { IncomingMessage } from "node:http";
import { BlockList, isIP } from "node:net";

/**
 * Whose X-Forwarded-* headers are believed with --behind-proxy: a proxy on this machine or on a
 * private network. A client from anywhere else cannot pretend to be another address.
 */
export const TRUSTED_PROXIES = ["loopback", "linklocal", "uniquelocal"];

const PROXY_NETWORKS = new BlockList();
for (const [network, bits] of [
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["10.0.0.0", 8],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
] as const) {
  PROXY_NETWORKS.addSubnet(network, bits, "ipv4");
}
PROXY_NETWORKS.addAddress("::1", "ipv6");
PROXY_NETWORKS.addSubnet("fe80::", 10, "ipv6");
PROXY_NETWORKS.addSubnet("fc00::", 7, "ipv6");

/**
 * The address behind a request that the framework does not see, as a socket's handshake. Behind a
 * proxy it is the last one named in X-Forwarded-For: the proxy itself wrote that, all before it came
 * from outside. Empty if the connection is gone already.
 */
export function peerAddress(
  request: Pick<IncomingMessage, "headers"> & { socket: { remoteAddress?: string | undefined } },
  behindProxy: boolean,
): string {
  const peer = (request.socket.remoteAddress ?? "").replace(/^::ffff:(?=\d)/i, "");
  const family = isIP(peer);
  if (!behindProxy || family === 0) return peer;
  if (!PROXY_NETWORKS.check(peer, family === 6 ? "ipv6" : "ipv4")) return peer;
  const named =
    String(request.headers["x-forwarded-for"] ?? "")
      .split(",")
      .at(-1)
      ?.trim() ?? "";
  return isIP(named) === 0 ? peer : named;
}
