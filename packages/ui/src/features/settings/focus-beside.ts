/** A line goes with its buttons: the focus moves to the next line's first one, or stays in the row. */
export function focusBeside(button: HTMLElement): void {
  const line = button.closest("li");
  const beside = line?.nextElementSibling ?? line?.previousElementSibling;
  const target = beside?.querySelector("button") ?? button.closest<HTMLElement>(".setting");
  target?.focus();
}
