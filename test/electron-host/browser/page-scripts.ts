import { makeBridgeEnd } from "../page/bridge-end.ts";
import { makeCloneCodec } from "../page/clone-codec.ts";
import { prepareIsolatedWorld } from "../page/isolated-world.ts";
import { prepareMainWorld } from "../page/main-world.ts";
import type { WorldConfig } from "../page/world-types.ts";

/** Named as Electron names it. */
export const ISOLATED_WORLD = "Electron Isolated Context";
export const UP_BINDING = "standInUp";

/** The scripts that run before any of a document's own, as source. */
export function pageScripts(
  config: WorldConfig,
  preload: string | null,
): { main: string; isolated: string } {
  const wrapped =
    preload === null
      ? "null"
      : `function preload(require, module, exports, process) {\n${preload}\n}`;
  return {
    main: `(${prepareMainWorld.toString()})(${makeBridgeEnd.toString()}, ${JSON.stringify(config.handshake)}, ${JSON.stringify(config.view)});`,
    isolated: `(${prepareIsolatedWorld.toString()})((${makeCloneCodec.toString()})(), ${makeBridgeEnd.toString()}, ${JSON.stringify(config)}, ${wrapped});`,
  };
}
