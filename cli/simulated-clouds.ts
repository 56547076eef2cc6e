import { join } from "node:path";
import { offlineFolder, type Target } from "./target.ts";

/**
 * Runs an operation with the environment that attaches the engine to simulated providers, where the target asks for
 * them; they are gone when it ends, and what they hold stays in the stack's offline folder.
 */
export async function withProviders<Result>(
  target: Target,
  operation: (environment: Record<string, string>) => Promise<Result>,
): Promise<Result> {
  if (!target.offline) return await operation({});
  // Loaded here, so that other commands do not wait for the compiler that reads the SDKs' types.
  const { startSimulator } = await import("../simulator/server.ts");
  const simulator = await startSimulator({
    stateFolder: join(offlineFolder(target.stack), "clouds"),
    faults: join(offlineFolder(target.stack), "faults.json"),
  });
  try {
    return await operation({ PULUMI_DEBUG_PROVIDERS: simulator.debugProviders });
  } finally {
    await simulator.close();
  }
}
