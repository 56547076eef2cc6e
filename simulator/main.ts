// `node simulator/main.ts --state FOLDER [--port 0] [--faults FILE] [--idle-seconds N]`: serves until SIGTERM or SIGINT,
// or until nobody called for N seconds. The first line of its output is the port, the second the value for
// PULUMI_DEBUG_PROVIDERS.
import { parseArgs } from "node:util";
import { startSimulator } from "./server.ts";

const USAGE = "usage: node simulator/main.ts --state FOLDER [--port 0] [--faults FILE] [--idle-seconds N]";

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}

interface Options {
  stateFolder: string;
  port: number;
  faults?: string;
  idleSeconds?: number;
}

function readOptions(): Options {
  try {
    const text = { type: "string" } as const;
    const { values } = parseArgs({
      options: { state: text, port: text, faults: text, "idle-seconds": text },
    });
    const port = Number(values.port ?? 0);
    const idle = values["idle-seconds"];
    if (values.state === undefined) fail(`--state is missing\n${USAGE}`);
    if (!Number.isInteger(port) || port < 0 || port > 65_535)
      fail(`--port ${values.port}: not a port from 0 to 65535`);
    if (idle !== undefined && !(Number(idle) > 0)) fail(`--idle-seconds ${idle}: not a positive number`);
    return {
      stateFolder: values.state,
      port,
      ...(values.faults === undefined ? {} : { faults: values.faults }),
      ...(idle === undefined ? {} : { idleSeconds: Number(idle) }),
    };
  } catch (error) {
    fail(`${(error as Error).message}\n${USAGE}`);
  }
}

try {
  const options = readOptions();
  const simulator = await startSimulator(options);
  const stop = () => void simulator.close().then(() => process.exit(0));
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, stop);
  const { idleSeconds } = options;
  if (idleSeconds !== undefined)
    setInterval(
      () => {
        if (simulator.idle() > idleSeconds * 1000) stop();
      },
      Math.min(idleSeconds * 250, 10_000),
    );
  process.stdout.write(`${simulator.port}\n${simulator.debugProviders}\n`);
} catch (error) {
  fail((error as Error).message);
}
