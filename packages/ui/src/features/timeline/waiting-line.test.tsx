// @vitest-environment happy-dom
import { failure } from "@parley/protocol/errors.ts";
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import type { EntryItem } from "../../cache/read-models.ts";
import { LATE_MS } from "../../state/waiting.ts";
import { WaitingLine } from "./MessageNotes.tsx";

afterEach(cleanup);

function draw(untilMs: number) {
  const onSendNow = vi.fn<() => void>();
  const { error } = failure("busy", "full");
  const item = { atMs: Date.now() - LATE_MS, waiting: { kind: "retry", error, untilMs } };
  render(
    <WaitingLine
      item={item as EntryItem}
      link={{ state: "live" }}
      region={{ locale: "en-GB", timeZone: "UTC" }}
      actions={{ onSendNow }}
    />,
  );
  return onSendNow;
}

test("S11: after a busy spell the next try can be had at once", async () => {
  const onSendNow = draw(Date.now() + 600_000);
  fireEvent.click(await screen.findByRole("button", { name: "Try now" }));
  expect(onSendNow).toHaveBeenCalledOnce();
});

test("S11: nothing is offered where the next try is due", async () => {
  draw(Date.now());
  await screen.findByText(/^The server is busy/);
  expect(screen.queryByRole("button")).toBeNull();
});
