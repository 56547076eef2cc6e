// A process with an engine and its routes, to be killed by tests: settings as JSON in the first argument; says where
// it listens on standard output. SIGTERM stops it as it stops the runtime.
import { type EngineSettings, serveEngine, testEngine } from "./engine-server.ts";

const engine = testEngine(JSON.parse(process.argv[2] ?? "{}") as EngineSettings);
await engine.start();
const server = await serveEngine(engine);
process.once("SIGTERM", async () => {
  await server.close();
  await engine.stop();
  process.exit(0);
});
process.stdout.write(`${server.url}\n`);
