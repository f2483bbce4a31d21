// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import type { ConnectionLine } from "../../state/connection.ts";
import { ConnectionView } from "./ConnectionView.tsx";

afterEach(cleanup);

function draw(part: Partial<ConnectionLine>) {
  const line: ConnectionLine = { phase: "offline", waiting: 0, code: null, retryAtMs: null };
  const onRetry = vi.fn<() => void>();
  const onSignIn = vi.fn<() => void>();
  render(<ConnectionView line={{ ...line, ...part }} onRetry={onRetry} onSignIn={onSignIn} />);
  return { status: screen.getByRole("status", { name: "Connection" }), onRetry, onSignIn };
}

test("V39: a captive portal is told in plain words, with what to do, and offers no new sign-in", () => {
  const { status, onRetry } = draw({ code: "not_a_parley_server", waiting: 2 });
  expect(status.textContent).toContain(
    "Something else answers instead of the server. Sign in to this network in a browser.",
  );
  expect(status.textContent).toContain("2");
  expect(screen.queryByRole("button", { name: "Sign in again" })).toBeNull();
  fireEvent.click(screen.getByRole("button"));
  expect(onRetry).toHaveBeenCalledOnce();
});

test("an outage is just that", () => {
  expect(draw({ code: "server_unreachable" }).status.textContent).toMatch(/^Offline/);
});
