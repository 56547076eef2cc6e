import { join } from "node:path";
import { host, stackPorts } from "./ports.ts";
import { diskSpaceProblem } from "./processes/disk-space.ts";
import { describeConflict, findPortConflicts } from "./processes/ports.ts";
import { readRecord } from "./processes/process-record.ts";
import { createProcessTable } from "./processes/process-table.ts";

export interface PreflightSettings {
  stack: string;
  /** First port of the stack. */
  port: number;
  /** Folder of the stack's state. */
  stackFolder: string;
  /** Holds one state folder for each process. */
  processesFolder: string;
}

/**
 * What would make an update fail, found before anything is changed: ports that others hold (also another workload of
 * this stack, whose ports a small change of the first port overlaps), and a full disk.
 */
export async function findPreflightProblems(settings: PreflightSettings): Promise<string[]> {
  const table = createProcessTable();
  const space = diskSpaceProblem(settings.stackFolder);
  const conflicts = await Promise.all(
    workloadPorts(settings.port).map(async ({ workload, ports }) => {
      const record = readRecord(join(settings.processesFolder, workload));
      return await findPortConflicts(ports, record === undefined ? [] : [record], table);
    }),
  );
  return [
    ...(space === undefined ? [] : [space]),
    ...conflicts.flat().map((conflict) => describeConflict(conflict, settings.stack, settings.port)),
  ];
}

function workloadPorts(firstPort: number) {
  const ports = stackPorts(firstPort);
  return [...new Set(ports.map(({ workload }) => workload))].map((workload) => ({
    workload,
    ports: ports
      .filter((one) => one.workload === workload)
      .map(({ name, port }) => ({ name: `${workload} ${name}`, host, port })),
  }));
}
