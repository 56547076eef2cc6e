import { spawn, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { follow } from "./processes/start.ts";
import { createTemporaryFolder } from "./temporary-folder.ts";

/** A file system of its own in memory, which goes away with the process that it was mounted for. */
const unshare = ["unshare", "--map-root-user", "--mount", "sh", "-c"] as const;

/** Whether this machine lets us mount one; a desk may not, a build machine must. */
export function canMountSmallDisk(): boolean {
  const [command, ...parameters] = unshare;
  return spawnSync(command, [...parameters, 'mount -t tmpfs -o size=64k tmpfs "$0"', "/tmp"]).status === 0;
}

/** Runs a script of processes/ with the path of a file system of so many bytes; returns the JSON lines it printed. */
export async function runOnSmallDisk(script: string, bytes: number): Promise<unknown[]> {
  const mount = `mount -t tmpfs -o size=${bytes} tmpfs "$0" && exec "$1" --no-warnings "$2" "$0"`;
  return run(unshare, mount, script);
}

/** The same where no file may grow beyond so many bytes: a limit that every system has. */
export async function runWithFileSizeLimit(script: string, bytes: number): Promise<unknown[]> {
  return run(["sh", "-c"], `ulimit -f ${bytes / 512} && exec "$1" --no-warnings "$2" "$0"`, script);
}

async function run([command = "sh", ...parameters]: readonly string[], shell: string, script: string) {
  const folder = await createTemporaryFolder();
  const path = fileURLToPath(new URL(`processes/${script}`, import.meta.url));
  const child = follow(
    spawn(command, [...parameters, shell, folder.path, process.execPath, path], {
      stdio: ["ignore", "pipe", "inherit"],
    }),
  );
  const status = await child.ended;
  await folder.remove();
  if (status !== 0) throw new Error(`${script} ended with exit status ${status}`);
  return child.lines;
}
