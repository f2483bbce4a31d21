import { registry } from "../registry.ts";

type Options = { uploadToServer?: boolean; submitURL?: string; [other: string]: unknown };

/** Native dumps. The stand-in makes none; a test sees that none would leave the machine. */
export class CrashReporter {
  start(options: Options): void {
    const { uploadToServer = true, submitURL } = options;
    if (uploadToServer && submitURL === undefined) {
      throw new Error("submitURL must be specified when uploadToServer is true");
    }
    registry.uploadsCrashes = uploadToServer;
  }

  getUploadToServer(): boolean {
    return registry.uploadsCrashes ?? false;
  }
}
