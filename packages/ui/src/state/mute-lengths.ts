const HOUR_MS = 3_600_000;

/** For how long a chat can be muted besides for ever; menus, details and notifications offer the same. */
export const MUTE_MS = { hour: HOUR_MS, eightHours: 8 * HOUR_MS } as const;
