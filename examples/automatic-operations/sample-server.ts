import type { AddressInfo } from "node:net";
import { parseArgs } from "node:util";
import { createSampleServer } from "./sample-server/create-sample-server.ts";

// The simulated servers as a process of their own: `node sample-server.ts --port 8085 --seed 1`. On loopback only.
const usage = "usage: sample-server.ts --port PORT (0 to 65535, 0: any free one) [--seed NUMBER (default 1)]";

function readOptions(): { port: number; seed: number } {
  const { values } = parseArgs({
    options: { port: { type: "string" }, seed: { type: "string", default: "1" } },
  });
  const [port, seed] = [values.port ?? "", values.seed].map((text) =>
    /^\d+$/.test(text) ? Number(text) : -1,
  );
  if (port === undefined || port < 0 || port > 65535)
    throw new Error("--port must be a number from 0 to 65535");
  if (seed === undefined || !Number.isSafeInteger(seed) || seed < 0)
    throw new Error("--seed must be a whole number from 0 up");
  return { port, seed };
}

function main(): void {
  let options: ReturnType<typeof readOptions>;
  try {
    options = readOptions();
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n${usage}`);
    process.exitCode = 2;
    return;
  }
  const server = createSampleServer(options);
  server.once("error", (error) => {
    console.error(`the sample server cannot listen on port ${options.port}: ${error.message}`);
    process.exitCode = 2;
  });
  server.listen(options.port, "127.0.0.1", () => {
    console.log(`sample server listens on http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => {
      server.close();
      server.closeAllConnections();
    });
}

main();
