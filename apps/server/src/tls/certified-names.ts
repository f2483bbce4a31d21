import { isIP } from "node:net";
import { hostname, networkInterfaces } from "node:os";

/** What a certificate is for. */
export type CertifiedNames = { dns: string[]; ip: string[] };

const DNS_NAME = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/i;

/**
 * Every name and address under which people may reach a server that listens on `host`: this
 * machine's name, as it is and in the local network, what `host` says, and the machine's addresses.
 * Addresses of one link alone carry a zone that no certificate can name: they are left out.
 */
export function certifiedNames(
  host: string,
  machine: { name: string; addresses: readonly string[] },
): CertifiedNames {
  const everywhere = host === "0.0.0.0" || host === "::";
  const local = machine.name.includes(".") ? [] : [`${machine.name}.local`];
  const given = [
    "localhost",
    "127.0.0.1",
    "::1",
    machine.name,
    ...local,
    ...(everywhere ? [] : [host]),
    ...machine.addresses,
  ];
  const unique = [...new Set(given.map((name) => name.toLowerCase()))];
  return {
    dns: unique.filter((name) => isIP(name) === 0 && DNS_NAME.test(name)),
    ip: unique.filter((name) => isIP(name) !== 0 && !/%|^fe80:/.test(name)),
  };
}

/** This machine, as `certifiedNames` wants to know it. */
export function thisMachine(): { name: string; addresses: string[] } {
  const addresses = Object.values(networkInterfaces()).flatMap((all) =>
    (all ?? []).map(({ address }) => address),
  );
  return { name: hostname(), addresses };
}
