import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createProcessTable } from "../../../../../components/clouds/local/processes/process-table.ts";

const tables = { "proc files": createProcessTable("linux"), ps: createProcessTable("darwin") };

for (const [name, table] of Object.entries(tables))
  describe(`process table from ${name}`, () => {
    it("finds a process with its parent and group until it ends", async () => {
      // The name has the characters that make a stat line hard to take apart.
      const child = spawn("sleep", ["60"], { argv0: "a ) b (", detached: true, stdio: "ignore" });
      try {
        await once(child, "spawn");
        const entry = table.find(child.pid ?? 0);
        assert.equal(entry?.pid, child.pid);
        assert.equal(entry?.parent, process.pid);
        assert.equal(entry?.group, child.pid);
        assert.equal(table.find(child.pid ?? 0)?.startTime, entry?.startTime);
        assert.equal(table.list().filter(({ pid }) => pid === child.pid).length, 1);
      } finally {
        child.kill("SIGKILL");
        await once(child, "exit");
      }
      assert.equal(table.find(child.pid ?? 0), undefined);
    });

    it("does not count a process that has ended and waits for its parent", async () => {
      const script = "sleep 0 & echo $!; exec sleep 60"; // the new sleep never asks for the old one's end
      const parent = spawn("sh", ["-c", script], { stdio: ["ignore", "pipe", "ignore"] });
      try {
        const [chunk] = await once(parent.stdout, "data");
        const pid = Number(String(chunk));
        assert.ok(pid > 0);
        const deadline = Date.now() + 5000;
        while (table.find(pid) !== undefined && Date.now() < deadline) await new Promise(setImmediate);
        assert.equal(table.find(pid), undefined);
      } finally {
        parent.kill("SIGKILL");
        await once(parent, "exit");
      }
    });
  });
