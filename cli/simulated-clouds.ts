import { join } from "node:path";
import type { InventoryItem } from "../simulator/cloud-editor.ts";
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
    stateFolder: simulatedCloudsFolder(target.stack),
    faults: join(offlineFolder(target.stack), "faults.json"),
  });
  try {
    return await operation(simulator.environment);
  } finally {
    await simulator.close();
  }
}

export function simulatedCloudsFolder(stack: string): string {
  return join(offlineFolder(stack), "clouds");
}

/** What the simulated clouds still hold, apart from what a cloud keeps for ever at no cost. */
export async function leftInSimulatedClouds(stack: string): Promise<InventoryItem[]> {
  const { CloudEditor } = await import("../simulator/cloud-editor.ts");
  return new CloudEditor(simulatedCloudsFolder(stack)).list().filter((item) => item.kept !== true);
}
