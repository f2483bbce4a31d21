import { fileURLToPath } from "node:url";

import { mergeConfig, type Plugin } from "vite";

import webConfig from "../../../apps/web/vite.config.ts";

const MOUNT = "@parley/ui/app/mount.tsx";
const WITH_STEPS = fileURLToPath(
  new URL("../../../packages/ui/src/app/testing/mount-with-steps.ts", import.meta.url),
);

/** The shell mounts the app through mount-with-steps.ts; everything else is as it ships. */
const withSteps: Plugin = {
  name: "parley-steps",
  enforce: "pre",
  resolveId: (source, importer) =>
    source === MOUNT && importer?.replaceAll("\\", "/").endsWith("apps/web/src/main.tsx")
      ? WITH_STEPS
      : null,
};

export default mergeConfig(webConfig, { plugins: [withSteps] });
