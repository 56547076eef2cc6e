import { mkdtempSync, readdirSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createProcessRunner } from "../../../../runtime/containers/process/process-runner.ts";
import type { ContainerCapabilities, ContainerFixture } from "../../../contracts/containers.ts";
import { supported } from "../../../contracts/contract.ts";

export const capabilities: ContainerCapabilities = {
  outlivesRuntime: { supported: false, reason: "a process that the runtime started ends with it" },
  usesImage: { supported: false, reason: "a process has the files of its machine" },
  measuresMemory: supported,
  maximumFileBytes: 256 * 1024,
};

const { TMPDIR: usual } = process.env;
const usualFolder = tmpdir();

/** Processes whose temporary folders are in one of the fixture's own. */
export async function createProcessFixture(): Promise<ContainerFixture> {
  const folder = mkdtempSync(join(usualFolder, "skyloom-containers-"));
  process.env.TMPDIR = folder;
  const runner = createProcessRunner();
  return {
    runner,
    image: "shell",
    missingImage: "not-there",
    capabilities,
    count: async () => Math.max(readdirSync(folder).length, processesIn(folder)),
    async dispose() {
      if (usual === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = usual;
      await runner.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** How many work in the folder, also when it was removed under them. */
function processesIn(folder: string): number {
  const works = (id: string) => {
    try {
      return readlinkSync(`/proc/${id}/cwd`).startsWith(folder);
    } catch {
      return false;
    }
  };
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name) && works(name)).length === 0 ? 0 : 1;
}
