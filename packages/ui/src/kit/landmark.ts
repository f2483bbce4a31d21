/** Popups belong to the page's main part, so that nothing lies outside of all landmarks. */
export function landmark(): HTMLElement | undefined {
  return document.querySelector<HTMLElement>("main") ?? undefined;
}
