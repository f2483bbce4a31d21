/** Moves the focus to the first field with an error, once React has drawn it. */
export function focusFirstWrong(form: HTMLFormElement | null): void {
  requestAnimationFrame(() => {
    const wrong = form?.querySelector("[aria-invalid=true]");
    if (wrong instanceof HTMLInputElement) wrong.focus();
  });
}
