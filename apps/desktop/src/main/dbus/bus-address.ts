/** Where a session bus listens: a path, or a name in Linux's abstract space (led by a NUL). */
export type BusSocket = { path: string };

function decoded(value: string): string | undefined {
  try {
    return decodeURIComponent(value);
  } catch {
    return undefined;
  }
}

function socketOf(address: string): BusSocket | undefined {
  const [transport, pairs = ""] = address.split(/:(.*)/s);
  // Other transports start programs or cross the network: a desktop's own bus does neither.
  if (transport !== "unix") return undefined;
  const values = new Map(
    pairs.split(",").map((pair): [string, string | undefined] => {
      const [key = "", value = ""] = pair.split(/=(.*)/s);
      return [key, decoded(value)];
    }),
  );
  const path = values.get("path");
  if (path !== undefined && path.startsWith("/")) return { path };
  const name = values.get("abstract");
  return name === undefined || name === "" ? undefined : { path: `\0${name}` };
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The sockets at which the session bus may be found, best first: those of DBUS_SESSION_BUS_ADDRESS, else
 * the one that systemd makes for each user. Empty where there is nothing to try.
 */
export function busSockets(env: Environment): BusSocket[] {
  const address = env["DBUS_SESSION_BUS_ADDRESS"] ?? "";
  if (address !== "") {
    return address.split(";").flatMap((one) => {
      const socket = socketOf(one);
      return socket ? [socket] : [];
    });
  }
  const runtimeDir = env["XDG_RUNTIME_DIR"] ?? "";
  return runtimeDir.startsWith("/") ? [{ path: `${runtimeDir}/bus` }] : [];
}
