import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const module = fileURLToPath(new URL("../../../runtime/processes/end-with-us.ts", import.meta.url));
/** Starts a group of two, tells their ids, and stays. */
const parent = `
import { spawn } from "node:child_process";
import { endWithUs } from ${JSON.stringify(module)};
const child = spawn("sh", ["-c", "sleep 606 & echo $$ $!; wait"], { detached: true, stdio: ["ignore", "pipe", "inherit"] });
endWithUs(child.pid);
// Only now: whoever reads the ids kills this process.
child.stdout.pipe(process.stdout);
setInterval(() => undefined, 1000);
`;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // One that has ended and that nobody has asked for yet is only a number.
    return !existsSync("/proc/self/stat") || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

describe("a process group that ends with its starter", () => {
  it("is killed when the starter is", async () => {
    const starter = spawn(process.execPath, ["--no-warnings", "--input-type=module", "-e", parent], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line] = await once(starter.stdout, "data");
    const group = String(line).trim().split(" ").map(Number);
    assert.equal(group.length, 2);
    assert.ok(group.every(isAlive));
    starter.kill("SIGKILL");
    await once(starter, "exit");
    for (let asked = 0; group.some(isAlive) && asked < 600; asked += 1)
      await new Promise((resolve) => setTimeout(resolve, 50));
    assert.deepEqual(group.filter(isAlive), []);
  });
});
