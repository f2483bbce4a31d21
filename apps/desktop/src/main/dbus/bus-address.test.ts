import { expect, test } from "vitest";
import { busSockets } from "./bus-address.ts";

test.each([
  [{ DBUS_SESSION_BUS_ADDRESS: "unix:path=/run/user/1000/bus" }, ["/run/user/1000/bus"]],
  [{ DBUS_SESSION_BUS_ADDRESS: "unix:path=/run/a%20b/bus,guid=12" }, ["/run/a b/bus"]],
  [{ DBUS_SESSION_BUS_ADDRESS: "unix:abstract=/tmp/dbus-x,guid=12" }, ["\0/tmp/dbus-x"]],
  [{ DBUS_SESSION_BUS_ADDRESS: "unix:path=/a;unix:path=/b" }, ["/a", "/b"]],
  [{ XDG_RUNTIME_DIR: "/run/user/7" }, ["/run/user/7/bus"]],
  [{ DBUS_SESSION_BUS_ADDRESS: "unixexec:path=/bin/sh,argv1=-c", XDG_RUNTIME_DIR: "/r" }, []],
  [{ DBUS_SESSION_BUS_ADDRESS: "tcp:host=example.org,port=1" }, []],
  [{ DBUS_SESSION_BUS_ADDRESS: "unix:path=relative" }, []],
  [{ DBUS_SESSION_BUS_ADDRESS: "unix:path=%zz" }, []],
  [{ DBUS_SESSION_BUS_ADDRESS: "autolaunch:" }, []],
  [{}, []],
])("the session bus of %j", (env, expected) => {
  expect(busSockets(env).map(({ path }) => path)).toEqual(expected);
});
