// `node simulator/main.ts --state FOLDER [--port 0] [--faults FILE]`: serves until SIGTERM or SIGINT. The first line of
// its output is the port, the second the value for PULUMI_DEBUG_PROVIDERS.
import { parseArgs } from "node:util";
import { startSimulator } from "./server.ts";

const USAGE = "usage: node simulator/main.ts --state FOLDER [--port 0] [--faults FILE]";

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}

function readOptions(): { stateFolder: string; port: number; faults?: string } {
  try {
    const { values } = parseArgs({
      options: { state: { type: "string" }, port: { type: "string" }, faults: { type: "string" } },
    });
    const port = Number(values.port ?? 0);
    if (values.state === undefined) fail(`--state is missing\n${USAGE}`);
    if (!Number.isInteger(port) || port < 0 || port > 65_535)
      fail(`--port ${values.port}: not a port from 0 to 65535`);
    return {
      stateFolder: values.state,
      port,
      ...(values.faults === undefined ? {} : { faults: values.faults }),
    };
  } catch (error) {
    fail(`${(error as Error).message}\n${USAGE}`);
  }
}

try {
  const simulator = await startSimulator(readOptions());
  for (const signal of ["SIGTERM", "SIGINT"] as const)
    process.once(signal, () => void simulator.close().then(() => process.exit(0)));
  process.stdout.write(`${simulator.port}\n${simulator.debugProviders}\n`);
} catch (error) {
  fail((error as Error).message);
}
