// `node simulator/kubernetes-api/main.ts ENGINE`: the stand-in for the Kubernetes provider as the engine starts it.
// ENGINE is the address of the engine's log; the first line of the output is the port.
import { connectEngineLog } from "./engine-log.ts";
import { serveKubernetes } from "./server.ts";

const engineAddress = process.argv.slice(2).find((argument) => !argument.startsWith("-"));
if (engineAddress === undefined) {
  process.stderr.write("usage: node simulator/kubernetes-api/main.ts ENGINE-ADDRESS\n");
  process.exit(2);
}
// An engine that was killed cannot say so: then this process gets another parent.
const engineProcess = process.ppid;
setInterval(() => {
  if (process.ppid !== engineProcess) process.exit(0);
}, 1000).unref();
process.stdout.write(`${await serveKubernetes(connectEngineLog(engineAddress))}\n`);
