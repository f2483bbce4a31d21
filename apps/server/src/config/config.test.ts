import { describe, expect, test } from "vitest";
import { helpText, parseInvocation } from "../cli/options.ts";
import { prettyLine } from "../logging/pretty-line.ts";
import { StartupError } from "./startup-error.ts";
import { environmentName, isLoopback, OPTIONS, resolveConfig } from "./config.ts";

const DEFAULTS = { dataDir: "/data", webRoot: "/web" };
const resolve = (given: Record<string, string | boolean>, env: Record<string, string> = {}) =>
  resolveConfig(given, env, DEFAULTS);

describe("configuration", () => {
  test("without any option the server is for this machine alone, with open sign-up", () => {
    expect(resolve({})).toEqual({
      host: "127.0.0.1",
      port: 8383,
      dataDir: "/data",
      signUp: "open",
      tls: undefined,
      behindProxy: false,
      webRoot: "/web",
      demo: false,
      logLevel: "info",
      logFile: undefined,
    });
  });

  test("X1: beyond loopback there is TLS, with a certificate of its own unless told otherwise", () => {
    expect(resolve({ host: "0.0.0.0" })).toMatchObject({ tls: "self-made", signUp: "invite" });
    expect(resolve({ host: "chat.example" }).tls).toBe("self-made");
    expect(resolve({ host: "0.0.0.0", "behind-proxy": true }).tls).toBeUndefined();
    const given = { "tls-cert": "c.pem", "tls-key": "k.pem" };
    const files = { certFile: "c.pem", keyFile: "k.pem" };
    expect(resolve({ host: "0.0.0.0", ...given })).toMatchObject({ tls: files, signUp: "invite" });
    expect(resolve({ "tls-self-signed": true })).toMatchObject({ tls: "self-made" });
    expect(resolve({}, { PARLEY_TLS_SELF_SIGNED: "1" }).tls).toBe("self-made");
    expect(resolve({ host: "0.0.0.0", "behind-proxy": true }).signUp).toBe("invite");
    expect(resolve({ "behind-proxy": true }).signUp).toBe("invite");
    expect(resolve({ "behind-proxy": true, "sign-up": "open" }).signUp).toBe("open");
  });

  test("every option can come from the environment, and an empty variable is none", () => {
    const env = {
      PARLEY_HOST: "::1",
      PARLEY_PORT: "9000",
      PARLEY_DATA_DIR: "/else",
      PARLEY_SIGN_UP: "closed",
      PARLEY_BEHIND_PROXY: "yes",
      PARLEY_WEB_ROOT: "/dist",
      PARLEY_DEMO: "off",
      PARLEY_LOG_LEVEL: "debug",
      PARLEY_LOG_FILE: "",
    };
    expect(resolve({}, env)).toMatchObject({
      host: "::1",
      port: 9000,
      dataDir: "/else",
      signUp: "closed",
      behindProxy: true,
      webRoot: "/dist",
      demo: false,
      logLevel: "debug",
      logFile: undefined,
    });
    expect(() => resolve({}, { PARLEY_DEMO: "maybe" })).toThrow(
      "PARLEY_DEMO must be true or false",
    );
    expect(() => resolve({}, { PARLEY_PORT: "-1" })).toThrow("PARLEY_PORT must be a number");
  });

  test.each([
    ["localhost", true],
    ["127.0.0.1", true],
    ["127.8.9.1", true],
    ["::1", true],
    ["0.0.0.0", false],
    ["::", false],
    ["192.168.1.2", false],
    ["localhost.example.com", false],
    ["127.0.0.1.example.com", false],
  ])("%s is loopback: %s", (host, expected) => {
    expect(isLoopback(host)).toBe(expected);
  });

  test("--help names every option and says how the environment spells them", () => {
    for (const name of Object.keys(OPTIONS)) expect(helpText()).toContain(`--${name}`);
    expect(environmentName("data-dir")).toBe("PARLEY_DATA_DIR");
  });

  test.each([
    [["--port=web"], "--port must be a number"],
    [["--sign-up=maybe"], "--sign-up must be one of open, invite, closed"],
    [["--log-level=loud"], "--log-level must be one of"],
    [["--host=a b"], "--host must be an address"],
    [["--port"], "See parley-server --help"],
    [["dance"], 'There is no command "dance"'],
    [["invite", "--uses=0"], "--uses must be a number from 1"],
    [["--uses=2"], "--uses and --hours belong to the command invite"],
    [["reset-password"], "reset-password needs one handle"],
    [["--tls-cert=x.pem"], "--tls-cert and --tls-key belong together"],
    [["--tls-self-signed", "--behind-proxy"], "--tls-self-signed and --behind-proxy exclude"],
    [["--tls-self-signed", "--tls-cert=c", "--tls-key=k"], "--tls-self-signed and --tls-cert"],
  ])("%j is refused with one line", (argv, expected) => {
    const readAll = () => {
      const invocation = parseInvocation(argv);
      if (invocation.command === "serve") resolveConfig(invocation.options, {}, DEFAULTS);
    };
    expect(readAll).toThrow(StartupError);
    expect(readAll).toThrow(expected);
    expect(readAll).not.toThrow("\n");
  });

  test("the command line of a command", () => {
    expect(parseInvocation(["invite", "--hours=2", "--data-dir", "/d"])).toEqual({
      command: "invite",
      options: { "data-dir": "/d" },
      terms: { uses: 1, hours: 2 },
    });
    expect(parseInvocation(["reset-password", "ann"])).toMatchObject({ handle: "ann" });
  });
});

describe("the readable log", () => {
  test("is one short line with what matters in front", () => {
    const entry = {
      level: "warn",
      time: "2026-01-02T03:04:05.678Z",
      route: "/x",
      n: 1,
      msg: "slow",
    };
    expect(prettyLine(JSON.stringify(entry))).toBe("03:04:05 WARN  slow route=/x n=1\n");
  });

  test("shows where an error came from, and passes on what is no JSON", () => {
    const entry = { level: "error", time: "", msg: "no", err: { stack: "Error: x\n    at y" } };
    expect(prettyLine(JSON.stringify(entry))).toContain("\n  Error: x\n    at y\n");
    expect(prettyLine("plain\n")).toBe("plain\n");
  });
});
