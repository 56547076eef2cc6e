// `node scripts/run.mjs TOOL [ARGUMENT…]`: installs what is missing, then runs the tool with the project's own Node.
// Tools: skyloom (the command line), and the names in node_modules/.bin.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { binFolder, nodeBinary, projectFolder, toolEnvironment } from "./project.mjs";
import { SetUpError } from "./pulumi-cli.mjs";
import { setUp } from "./setup.mjs";

/** Commands of skyloom that never call Pulumi's command line. */
const WITHOUT_PULUMI = ["check", "cost", "compare"];

const [tool, ...args] = process.argv.slice(2);
if (!tool) {
  process.stderr.write("usage: node scripts/run.mjs TOOL [ARGUMENT…]\n");
  process.exit(2);
}
try {
  await setUp({ pulumi: !(tool === "skyloom" && WITHOUT_PULUMI.includes(args[0])) });
} catch (error) {
  process.stderr.write(`${error instanceof SetUpError ? error.message : error.stack}\n`);
  process.exit(2);
}

const [command, commandArguments] =
  tool === "skyloom"
    ? [nodeBinary, ["--disable-warning=ExperimentalWarning", join(projectFolder, "cli/main.ts"), ...args]]
    : [join(binFolder, tool), args];
/** Without compiled modules a command takes twice as long to start. Tests would fill the kept ones with programs of a moment. */
function compileCache() {
  if (process.env.NODE_COMPILE_CACHE) return process.env.NODE_COMPILE_CACHE;
  if (tool === "skyloom") return join(projectFolder, "node_modules", ".cache", "compiled");
  const folder = mkdtempSync(join(tmpdir(), "skyloom-compiled-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const child = spawn(command, commandArguments, {
  stdio: "inherit",
  env: { ...toolEnvironment(), NODE_COMPILE_CACHE: compileCache() },
});
// The terminal sends its interrupt to the child as well, which decides how to stop.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"])
  process.on(signal, () => {
    if (signal !== "SIGINT") child.kill(signal);
  });
child.once("error", (error) => {
  process.stderr.write(`cannot run ${tool}: ${error.message}\n`);
  process.exit(2);
});
child.once("exit", (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
