// One command at a time installs; another that starts meanwhile waits, since two at once would leave half of each.
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleepMilliseconds } from "node:timers/promises";
import { projectFolder } from "./project.mjs";

const file = join(projectFolder, ".skyloom", "set-up.lock");

/** Runs the steps while no other process of this checkout does. */
export async function withSetUpLock(steps) {
  let isTold = false;
  while (!take()) {
    if (!isTold) process.stderr.write("another command is installing; waiting for it …\n");
    isTold = true;
    await sleepMilliseconds(500);
  }
  try {
    return await steps();
  } finally {
    rmSync(file, { force: true });
  }
}

/** A link is made by one process only, with its content at once. */
function take() {
  mkdirSync(join(projectFolder, ".skyloom"), { recursive: true });
  const own = `${file}.${process.pid}`;
  writeFileSync(own, String(process.pid));
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
    removeIfAbandoned();
    return false;
  } finally {
    rmSync(own, { force: true });
  }
}

function removeIfAbandoned() {
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, "utf8"));
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error.code === "ESRCH") rmSync(file, { force: true });
  }
}
