// @vitest-environment happy-dom
import { act, cleanup, render, screen } from "@testing-library/react";
import { useRef } from "react";
import { afterEach, expect, test, vi } from "vitest";
import { Dialog } from "./Dialog.tsx";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function Sheet({ open }: { open: boolean }) {
  const field = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button">Behind</button>
      <Dialog open={open} onClose={() => undefined} title="Find" initialFocus={field} bare>
        <input ref={field} aria-label="Name" />
      </Dialog>
    </>
  );
}

test("the first field has the focus before the next frame, so that no key typed at once is lost", async () => {
  vi.stubGlobal("requestAnimationFrame", () => 0);
  const { rerender } = render(<Sheet open={false} />);
  const behind = screen.getByRole("button", { name: "Behind" });
  behind.focus();
  await act(async () => {
    rerender(<Sheet open />);
    await Promise.resolve();
  });
  expect(document.activeElement).toBe(screen.getByRole("textbox", { name: "Name" }));
});

test("the focus goes back to where it came from", async () => {
  const { rerender } = render(<Sheet open={false} />);
  const behind = screen.getByRole("button", { name: "Behind" });
  behind.focus();
  rerender(<Sheet open />);
  await vi.waitFor(
    () => expect(document.activeElement).toBe(screen.getByRole("textbox", { name: "Name" })),
    { timeout: 30_000 },
  );
  rerender(<Sheet open={false} />);
  await vi.waitFor(() => expect(document.activeElement).toBe(behind), { timeout: 30_000 });
});
