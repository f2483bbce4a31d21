import type { ErrorCode, Failure } from "@parley/protocol/errors.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import { DisplayName, Handle } from "@parley/protocol/person.ts";
import { errorText, t } from "../../i18n/i18n.ts";

/** A field of either form, or the form as a whole. */
export type SignInField = "server" | "name" | "handle" | "password" | "invite" | "form";
/** What is wrong, by field, in words. */
export type FieldErrors = Partial<Record<SignInField, string>>;

export type SignInValues = { server: string; handle: string; password: string };
export type SignUpValues = SignInValues & { name: string; invite: string };

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/**
 * The address that a typed server name means: https unless it says otherwise, http on this machine.
 * Null if it cannot be an address.
 */
export function serverUrlOf(typed: string): string | null {
  const text = typed.trim();
  if (text === "") return null;
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`;
  if (!URL.canParse(withScheme)) return null;
  const url = new URL(withScheme);
  if (url.protocol !== "https:" && url.protocol !== "http:") return null;
  if (withScheme !== text && LOOPBACK.test(url.hostname)) url.protocol = "http:";
  return url.origin;
}

const FIELD_OF_CODE: Partial<Record<ErrorCode, SignInField>> = {
  sign_in_paused: "password",
  handle_taken: "handle",
  invite_required: "invite",
  invite_invalid: "invite",
  server_unreachable: "server",
  not_a_parley_server: "server",
  server_changed: "server",
  certificate_untrusted: "server",
  certificate_changed: "server",
  upgrade_required: "server",
  wrong_origin: "server",
  timeout: "server",
  offline: "server",
};

const FIELD_OF_PATH: Record<string, SignInField> = {
  serverUrl: "server",
  name: "name",
  handle: "handle",
  password: "password",
  invite: "invite",
};

const FIELD_TEXT: Partial<Record<SignInField, () => string>> = {
  handle: () => t("signUp.handleWrong", { min: LIMITS.handleMinChars, max: LIMITS.handleMaxChars }),
  name: () => t("signUp.nameTooLong", { max: LIMITS.nameUnits }),
  password: () => t("signUp.passwordShort", { min: LIMITS.passwordMinChars }),
};

/** Puts a failure under the field that it is about. */
export function errorsOf(error: Failure): FieldErrors {
  if (error.code === "wrong_credentials") return { password: wrongPasswordText(error.triesLeft) };
  const path = error.field?.split(".").at(-1);
  const named =
    error.code === "invalid_request" && path !== undefined ? FIELD_OF_PATH[path] : undefined;
  if (named !== undefined) return { [named]: FIELD_TEXT[named]?.() ?? errorText(error) };
  return { [FIELD_OF_CODE[error.code] ?? "form"]: errorText(error) };
}

/** What is missing before a sign-in can be tried. */
export function checkSignIn(values: SignInValues): FieldErrors {
  const errors: FieldErrors = {};
  if (serverUrlOf(values.server) === null) errors.server = t("signIn.needServer");
  if (values.handle.trim() === "") errors.handle = t("signIn.needHandle");
  if (values.password === "") errors.password = t("signIn.needPassword");
  return errors;
}

/** What is missing or out of bounds before an account can be asked for: the server's own rules. */
export function checkSignUp(values: SignUpValues, inviteNeeded: boolean): FieldErrors {
  const errors: FieldErrors = {};
  if (serverUrlOf(values.server) === null) errors.server = t("signIn.needServer");
  if (values.name.trim() === "") errors.name = t("signUp.needName");
  else if (!DisplayName.safeParse(values.name).success) {
    errors.name = t("signUp.nameTooLong", { max: LIMITS.nameUnits });
  }
  if (!Handle.safeParse(values.handle).success) {
    errors.handle = t("signUp.handleWrong", {
      min: LIMITS.handleMinChars,
      max: LIMITS.handleMaxChars,
    });
  }
  if (values.password.length < LIMITS.passwordMinChars) {
    errors.password = t("signUp.passwordShort", { min: LIMITS.passwordMinChars });
  } else if (values.password.length > LIMITS.passwordMaxChars) {
    errors.password = t("signUp.passwordLong", { max: LIMITS.passwordMaxChars });
  }
  if (inviteNeeded && values.invite.trim() === "") errors.invite = t("signUp.needInvite");
  return errors;
}

/** The text under the password after a wrong one, with the tries that the server says are left (V12). */
function wrongPasswordText(triesLeft: number | undefined): string {
  const reason = t("error.wrong_credentials");
  if (triesLeft === undefined) return reason;
  return triesLeft > 0
    ? t("signIn.triesLeft", { reason, count: triesLeft })
    : t("signIn.lastTry", { reason });
}
