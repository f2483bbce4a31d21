/**
 * Whose X-Forwarded-* headers are believed with --behind-proxy: a proxy on this machine or on a
 * private network. A client from anywhere else cannot pretend to be another address.
 */
export const TRUSTED_PROXIES = ["loopback", "linklocal", "uniquelocal"];
