import type { Result } from "../errors.ts";
import type { CallData, CallInput, CallName, NoticeBody, NoticeName } from "./contract.ts";

/**
 * The bridge as a window uses it. Both shells make it out of the contract: the preload over IPC, the
 * web shell over a MessagePort. Calls never throw: a failure is a value with a code.
 */
export type Bridge = {
  call<Name extends CallName>(name: Name, body: CallInput<Name>): Promise<Result<CallData<Name>>>;
  /** Listens for a notice; returns the function that stops listening. */
  on<Name extends NoticeName>(name: Name, listener: (body: NoticeBody<Name>) => void): () => void;
};
