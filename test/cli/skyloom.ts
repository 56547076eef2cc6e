import { spawn } from "node:child_process";
import { join } from "node:path";
import { projectFolder } from "../../scripts/project.mjs";

export interface CommandResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** Runs the command line as a user does, without a terminal. */
export async function skyloom(
  args: string[],
  environment: Record<string, string> = {},
): Promise<CommandResult> {
  const child = spawn(process.execPath, [join(projectFolder, "cli/main.ts"), ...args], {
    cwd: projectFolder,
    env: { ...process.env, NODE_NO_WARNINGS: "1", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const result = { exitCode: -1, stdout: "", stderr: "" };
  child.stdout.on("data", (chunk) => {
    result.stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    result.stderr += chunk;
  });
  result.exitCode = await new Promise<number>((resolve) =>
    child.once("close", (code) => resolve(code ?? -1)),
  );
  return result;
}
