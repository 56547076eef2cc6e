import { accessSync, constants, existsSync } from "node:fs";
import type { Problem } from "../../runtime/errors.ts";
import { describeConflict, findPortConflicts } from "../clouds/local/processes/ports.ts";
import { readRecord } from "../clouds/local/processes/process-record.ts";
import type { ProcessTable } from "../clouds/local/processes/process-table.ts";
import type { ProcessInputs } from "./process.ts";
import type { ResourceContext } from "./resource-handler.ts";

type Checks = (inputs: ProcessInputs, context: ResourceContext) => Promise<Problem[]>;

/** What is wrong with a process beyond its types; remembers the ports of each, which no two of a stack may share. */
export function createProcessChecks(table: ProcessTable): Checks {
  const portsByUrn = new Map<string, ProcessInputs["ports"]>();

  function sharedPorts(inputs: ProcessInputs, urn: string): Problem[] {
    portsByUrn.set(urn, inputs.ports);
    return inputs.ports.flatMap(({ host, port }, index) => {
      const isSame = (other: { host: string; port: number }) => other.host === host && other.port === port;
      const owner = [...portsByUrn].find(([otherUrn, ports]) =>
        (otherUrn === urn ? ports.slice(0, index) : ports).some(isSame),
      );
      if (owner === undefined) return [];
      const name = owner[0].split("::").at(-1);
      return [
        { path: `ports[${index}].port`, message: `${host}:${port} is a port of process ${name} already` },
      ];
    });
  }

  async function portsInUse(inputs: ProcessInputs, stack: string): Promise<Problem[]> {
    const record = readRecord(inputs.stateFolder);
    const conflicts = await findPortConflicts(inputs.ports, record === undefined ? [] : [record], table);
    return conflicts.map((conflict) => ({
      path: `ports[${inputs.ports.indexOf(conflict.port)}].port`,
      message: describeConflict(conflict, stack),
    }));
  }

  return async (inputs, { urn, stack }) => {
    const shared = sharedPorts(inputs, urn);
    return [
      ...pathProblems(inputs),
      ...shared,
      ...(shared.length === 0 ? await portsInUse(inputs, stack) : []),
    ];
  };
}

function pathProblems({ command: [program], workingDirectory }: ProcessInputs): Problem[] {
  const problems: Problem[] = [];
  if (!isExecutable(program)) problems.push({ path: "command[0]", message: `${program} is no program here` });
  if (!existsSync(workingDirectory))
    problems.push({ path: "workingDirectory", message: `${workingDirectory} does not exist` });
  return problems;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
