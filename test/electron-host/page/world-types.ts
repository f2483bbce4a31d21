/** What the windows' scripts are told when a document starts. */
export type WorldConfig = {
  /** Name of the one event by which the two worlds of a document meet. */
  handshake: string;
  /** What the sandboxed preload sees as `process`. */
  process: {
    platform: string;
    arch: string;
    argv: string[];
    versions: Record<string, string>;
  };
  view: ViewState;
};

/** What a document believes of its window. */
export type ViewState = { visible: boolean; focused: boolean };

/** From the isolated world to main. `args` and `value` are in the codec's text. */
export type UpMessage =
  | { kind: "send"; channel: string; args: string }
  | { kind: "invoke"; id: number; channel: string; args: string }
  | { kind: "window-open"; url: string; frameName: string; features: string }
  | { kind: "window-close" }
  | { kind: "title"; title: string }
  | { kind: "preload-error"; message: string; stack: string };

/** What a page asked for by `window.open` or a link. */
export type WindowOpening = Omit<Extract<UpMessage, { kind: "window-open" }>, "kind">;

/** From main to the isolated world. */
export type DownMessage =
  | { kind: "message"; channel: string; args: string }
  | { kind: "answer"; id: number; value: string }
  | { kind: "failure"; id: number; message: string }
  | ({ kind: "view" } & ViewState);

/** A value on its way through contextBridge: data is cloned, functions and promises are named. */
export type Crossing =
  | { is: "data"; value: unknown }
  | { is: "list"; ref: number; items: Crossing[] }
  | { is: "record"; ref: number; fields: [string, Crossing][] }
  /** An object that is already part of this value: a cycle, or one in two places. */
  | { is: "known"; ref: number }
  | { is: "function"; id: number }
  | { is: "promise"; id: number }
  | { is: "error"; message: string };
