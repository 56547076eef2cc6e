#!/usr/bin/env node
// Stand-in for the launcher of Pulumi's dynamic providers, used only where the official one cannot be downloaded.
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";

const script = createRequire(join(process.cwd(), "package.json")).resolve(
  "@pulumi/pulumi/cmd/dynamic-provider",
);
const child = spawn(process.execPath, [script, ...process.argv.slice(2)], { stdio: "inherit" });
child.once("exit", (code, signal) => (signal ? process.kill(process.pid, signal) : process.exit(code ?? 1)));
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
