import { errorMessage, type Problem } from "../errors.ts";
import type { RestateClient } from "./restate.ts";
import type { WorkflowLogger } from "./task-type.ts";

const retryMilliseconds = 500;

/** Keeps this process registered with Restate, which may start later than this process or lose its data. */
export interface Registration {
  /** Tries once before it resolves, and goes on in the background where that failed. */
  start(uri: string): Promise<void>;
  /** Registers again, in the background. */
  renew(): void;
  problem(): Problem | undefined;
  stop(): void;
}

export function createRegistration(restate: RestateClient, logger: WorkflowLogger): Registration {
  let uri: string | undefined;
  let failure: string | undefined = "not started";
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;

  async function attempt(): Promise<void> {
    timer = undefined;
    if (isStopped || uri === undefined) return;
    try {
      const isNewest = await restate.register(uri);
      if (!isNewest)
        logger.warn(
          { uri },
          "a newer release is registered with Restate: new runs go to it (see docs/workflows.md, releases)",
        );
      else if (failure !== undefined) logger.info({ uri }, "registered with Restate");
      failure = undefined;
    } catch (error) {
      if (failure === undefined || failure === "not started")
        logger.warn({ uri, reason: errorMessage(error) }, "cannot register with Restate yet; trying again");
      failure = errorMessage(error);
      later();
    }
  }

  function later(): void {
    if (isStopped || timer !== undefined) return;
    timer = setTimeout(() => void attempt(), retryMilliseconds);
    timer.unref();
  }

  return {
    async start(address) {
      uri = address;
      await attempt();
    },
    renew: later,
    problem: () =>
      failure === undefined
        ? undefined
        : { path: "restate", message: `workflows are not registered: ${failure}` },
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
