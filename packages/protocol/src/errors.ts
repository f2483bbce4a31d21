import { z } from "zod";

/**
 * E1: every error code of HTTP, socket and bridge, with what follows from it.
 *
 * - `http`: status of the HTTP answer.
 * - `retry`: `retry` may succeed unchanged later; `final` never will; `refresh` after a token refresh;
 *   `refused` ends the connection until the user acts.
 */
export const ERRORS = {
  // Input
  invalid_request: { http: 400, retry: "final" },
  malformed_json: { http: 400, retry: "final" },
  too_large: { http: 413, retry: "final" },
  unsupported_media_type: { http: 415, retry: "final" },
  not_found: { http: 404, retry: "final" },
  method_not_allowed: { http: 405, retry: "final" },
  unknown_event: { http: 400, retry: "final" },
  text_not_well_formed: { http: 400, retry: "final" },
  // Who
  unauthenticated: { http: 401, retry: "refresh" },
  token_expired: { http: 401, retry: "refresh" },
  session_revoked: { http: 401, retry: "refused" },
  wrong_credentials: { http: 401, retry: "final" },
  sign_in_paused: { http: 429, retry: "retry" },
  sign_up_closed: { http: 403, retry: "final" },
  invite_required: { http: 403, retry: "final" },
  invite_invalid: { http: 403, retry: "final" },
  handle_taken: { http: 409, retry: "final" },
  account_disabled: { http: 403, retry: "refused" },
  wrong_origin: { http: 403, retry: "final" },
  upgrade_required: { http: 426, retry: "refused" },
  // Chats
  chat_not_found: { http: 404, retry: "final" },
  not_a_member: { http: 403, retry: "final" },
  not_allowed: { http: 403, retry: "final" },
  account_not_found: { http: 404, retry: "final" },
  group_full: { http: 409, retry: "final" },
  owner_must_stay: { http: 409, retry: "final" },
  id_taken: { http: 409, retry: "final" },
  membership_changed: { http: 409, retry: "retry" },
  blocked: { http: 403, retry: "final" },
  value_limit: { http: 409, retry: "final" },
  target_not_found: { http: 404, retry: "final" },
  target_gone: { http: 410, retry: "final" },
  message_erased: { http: 410, retry: "final" },
  target_failed: { http: 409, retry: "final" },
  duplicate_reaction: { http: 409, retry: "final" },
  // Sync
  epoch_changed: { http: 409, retry: "retry" },
  // Load and faults
  rate_limited: { http: 429, retry: "retry" },
  too_many_connections: { http: 429, retry: "retry" },
  busy: { http: 503, retry: "retry" },
  shutting_down: { http: 503, retry: "retry" },
  internal: { http: 500, retry: "retry" },
  // Made by a client itself: they never come from a server
  offline: { http: 503, retry: "retry" },
  timeout: { http: 504, retry: "retry" },
  server_unreachable: { http: 503, retry: "retry" },
  not_a_parley_server: { http: 502, retry: "final" },
  server_changed: { http: 409, retry: "refused" },
  certificate_untrusted: { http: 502, retry: "refused" },
  certificate_changed: { http: 502, retry: "refused" },
  no_program: { http: 501, retry: "final" },
  window_refused: { http: 409, retry: "final" },
  storage_held: { http: 409, retry: "retry" },
  bridge_failed: { http: 500, retry: "final" },
} as const satisfies Record<
  string,
  { http: number; retry: "retry" | "final" | "refresh" | "refused" }
>;

export type ErrorCode = keyof typeof ERRORS;

const ERROR_CODES = Object.keys(ERRORS);

function isErrorCode(code: string): code is ErrorCode {
  return ERROR_CODES.includes(code);
}

/**
 * E1: the error as it crosses HTTP, socket and bridge. A code that this build does not know
 * reads as `internal`, so that a newer server can add codes.
 */
export const WireError = z.object({
  code: z.string().transform((code): ErrorCode => (isErrorCode(code) ? code : "internal")),
  /** English, for developers and logs; users read the catalogue's text of the code. */
  message: z.string(),
  /** Path of the input that is wrong, e.g. `items.0.payload`. */
  field: z.string().optional(),
  retryAfterMs: z.number().int().nonnegative().optional(),
  /** V12: failed sign-ins that this handle has left before it pauses. */
  triesLeft: z.number().int().nonnegative().optional(),
  /** X1: SHA-256 of the certificate that was refused, for the user to compare. */
  fingerprint: z.string().optional(),
  /** V57: name of the device from which this one was signed out. */
  endedBy: z.string().optional(),
  requestId: z.string(),
});
export type WireError = z.infer<typeof WireError>;

/** An error before it is sent: the border adds the request's id. */
export type Failure = Omit<WireError, "requestId">;

/** An operation's outcome as a value: nothing is thrown across a border. */
export type Result<T> = { ok: true; value: T } | { ok: false; error: Failure };

export function success<T>(value: T): Result<T> {
  return { ok: true, value };
}

/** Makes a failed result. `message` is for developers; it must not carry secrets or message text. */
export function failure(
  code: ErrorCode,
  message: string,
  extra: {
    field?: string;
    retryAfterMs?: number;
    triesLeft?: number;
    fingerprint?: string;
    endedBy?: string;
  } = {},
): { ok: false; error: Failure } {
  return { ok: false, error: { code, message, ...extra } };
}

/** Whether the same request may succeed later without the user's doing. */
export function isRetryable(code: ErrorCode): boolean {
  return ERRORS[code].retry === "retry" || ERRORS[code].retry === "refresh";
}

/** E2: turns a schema violation into the failure that names the wrong field. */
export function failureOfIssues(error: z.ZodError): { ok: false; error: Failure } {
  const issue = error.issues[0];
  const field = issue?.path.map(String).join(".") ?? "";
  const message = issue ? `${field || "body"}: ${issue.message}` : "The request is not valid.";
  return failure("invalid_request", message, field ? { field } : {});
}
