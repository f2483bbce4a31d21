import type { DesktopControl } from "./contract.ts";

/** A call of the test to the app's process, and its outcome. */
export type ControlCall = { control: number; name: keyof DesktopControl; args: unknown[] };
export type ControlOutcome = { control: number; value?: unknown; error?: string };

type Callable = Record<string, (...args: unknown[]) => Promise<unknown>>;

/** Answers the test over the process's own channel. Without a test nothing is served. */
export function serveControl(control: DesktopControl): void {
  if (!process.send) return;
  const send = (outcome: ControlOutcome): void => {
    // A test that has ended needs no answer.
    if (process.connected) process.send?.(outcome);
  };
  process.on("message", (message) => {
    const { control: id, name, args } = message as ControlCall;
    const calls = control as unknown as Callable;
    const call = calls[name];
    if (!call) return send({ control: id, error: `the stand-in has no control ${name}` });
    call.apply(control, args).then(
      (value) => send({ control: id, value }),
      (error: unknown) => send({ control: id, error: String(error) }),
    );
    return undefined;
  });
  // A test that is gone, however it went, takes its app along.
  process.on("disconnect", () => process.exit(1));
  process.channel?.unref();
}
