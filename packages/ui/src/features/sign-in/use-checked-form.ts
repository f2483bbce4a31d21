import type { Failure, Result } from "@parley/protocol/errors.ts";
import { type FormEvent, type RefObject, useRef, useState } from "react";
import { focusFirstWrong } from "./focus-first-wrong.ts";
import { errorsOf, type FieldErrors } from "./sign-in-rules.ts";

type Options<Values> = {
  /** What is typed now. */
  values: Values;
  /** What is wrong with it before anybody is asked; empty: nothing. */
  check: (values: Values) => FieldErrors;
  send: (values: Values) => Promise<Result<unknown>>;
  /** The server refused it; shown is what `errorsOf` makes of that. */
  refused: (error: Failure) => void;
};

export type CheckedForm = {
  form: RefObject<HTMLFormElement | null>;
  errors: FieldErrors;
  isBusy: boolean;
  /** Somebody types in a field: what was wrong with it is no longer known. */
  forget: (field: keyof FieldErrors) => void;
  onSubmit: (event: FormEvent) => void;
};

/** A form that is checked, sent, and brings the focus to the first field that is wrong. */
export function useCheckedForm<Values>(options: Options<Values>): CheckedForm {
  const [errors, setErrors] = useState<FieldErrors>({});
  const [isBusy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);

  function show(next: FieldErrors): void {
    setErrors(next);
    focusFirstWrong(form.current);
  }

  async function submit(): Promise<void> {
    const { values, check, send, refused } = options;
    const wrong = check(values);
    if (Object.keys(wrong).length > 0) {
      show(wrong);
      return;
    }
    setErrors({});
    setBusy(true);
    const result = await send(values);
    setBusy(false);
    if (result.ok) return;
    refused(result.error);
    show(errorsOf(result.error));
  }

  return {
    form,
    errors,
    isBusy,
    forget: (field) => setErrors(({ [field]: _, ...rest }) => rest),
    onSubmit: (event) => {
      event.preventDefault();
      void submit();
    },
  };
}
