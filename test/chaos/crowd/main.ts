// A process full of light clients, told what to do by the one that started it.
import { answerCalls } from "../../bench/harness/calls.ts";
import { Crowd, type CrowdOptions, type CrowdState } from "./crowd.ts";

const crowd = new Crowd();

const functions = {
  "crowd:start": (options: CrowdOptions): Promise<void> => crowd.start(options),
  "crowd:state": (): CrowdState => crowd.state(),
  "crowd:forget-errors": (): void => crowd.forgetErrors(),
  "crowd:stop": (): void => crowd.stop(),
};

export type CrowdFunctions = typeof functions;

answerCalls(functions);
// Unlike a server, this process lives for the calls.
process.channel?.ref();
// Nobody is left to call.
process.on("disconnect", () => process.exit(0));
