import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { isAlive } from "../../cli/is-alive.ts";

describe("a process", () => {
  it("lives until it has ended, not until its parent has noticed", async function () {
    this.timeout(10_000);
    assert.equal(isAlive(process.pid), true);
    // The shell becomes a program that never asks what became of its child.
    const parent = spawn("sh", ["-c", "sleep 0.2 & echo $!; exec sleep 60"], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    try {
      const [text] = await once(parent.stdout, "data");
      const child = Number(String(text).trim());
      assert.equal(isAlive(child), true);
      for (let tenths = 0; tenths < 50 && isAlive(child); tenths += 1) await setTimeout(100);
      assert.equal(isAlive(child), false);
      // It still has its place in the table: a signal finds it.
      assert.doesNotThrow(() => process.kill(child, 0));
    } finally {
      parent.kill("SIGKILL");
      await once(parent, "close");
    }
  });
});
