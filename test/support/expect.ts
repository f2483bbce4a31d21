import { expect as base } from "@playwright/test";

/** As long as playwright.config.ts waits. Outside of Playwright's own runner, as in the soak, that counts for nothing. */
const SEEN_WITHIN_MS = 60_000;

/** The expectations of what tests and soak share: as patient in the one as in the other. */
export const expect = base.configure({ timeout: SEEN_WITHIN_MS });
