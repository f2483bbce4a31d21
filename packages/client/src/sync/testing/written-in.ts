/** S1: whether the characters of a text stand in a kept one, in their order: nothing of it is lost. */
export function isWrittenIn(kept: string, text: string): boolean {
  let at = 0;
  for (let i = 0; i < kept.length && at < text.length; i++) if (kept[i] === text[at]) at += 1;
  return at === text.length;
}
