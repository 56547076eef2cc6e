// A process with an engine and its routes, to be killed by tests: settings as JSON in the first argument; says where
// it listens on standard output.
import { type EngineSettings, serveEngine, testEngine } from "./engine-server.ts";

const engine = testEngine(JSON.parse(process.argv[2] ?? "{}") as EngineSettings);
await engine.start();
const { url } = await serveEngine(engine);
process.stdout.write(`${url}\n`);
