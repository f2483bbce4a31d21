import helmet from "@fastify/helmet";
import type { FastifyInstance } from "fastify";

/**
 * What the web shell may do: load and speak to its own origin, and nothing else. No inline script
 * or style, no frame around it, no plug-ins.
 */
const CONTENT_SECURITY_POLICY = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'", "data:", "blob:"],
  fontSrc: ["'self'"],
  connectSrc: ["'self'"],
  workerSrc: ["'self'"],
  manifestSrc: ["'self'"],
  baseUri: ["'none'"],
  formAction: ["'self'"],
  frameAncestors: ["'none'"],
};

/** Device features that no page of the server uses. */
const PERMISSIONS_POLICY = [
  "accelerometer",
  "camera",
  "display-capture",
  "geolocation",
  "gyroscope",
  "hid",
  "magnetometer",
  "microphone",
  "midi",
  "payment",
  "serial",
  "usb",
]
  .map((feature) => `${feature}=()`)
  .join(", ");

const ONE_YEAR_S = 31_536_000;

/**
 * Sets the security headers of every answer. HSTS only where `hsts` says so and the answer went
 * over TLS: with a certificate of the server's own making it would take from people the button by
 * which a browser lets them go on.
 */
export async function addSecurityHeaders(
  app: FastifyInstance,
  { hsts }: { hsts: boolean },
): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: CONTENT_SECURITY_POLICY },
    crossOriginOpenerPolicy: { policy: "same-origin" },
    crossOriginResourcePolicy: { policy: "same-origin" },
    referrerPolicy: { policy: "no-referrer" },
    xFrameOptions: { action: "deny" },
    strictTransportSecurity: false,
  });
  app.addHook("onRequest", async (request, reply) => {
    void reply.header("permissions-policy", PERMISSIONS_POLICY);
    void reply.header("x-request-id", request.id);
    if (hsts && request.protocol === "https") {
      void reply.header("strict-transport-security", `max-age=${ONE_YEAR_S}`);
    }
  });
}
