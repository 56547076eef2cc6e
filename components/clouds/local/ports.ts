/** Which port of the stack each port of a workload gets, counted from the stack's first. */
const offsets: Record<string, Record<string, number>> = {
  runtime: { http: 0, workflows: 4 },
  restate: { ingress: 1, admin: 2, node: 3 },
  "sample-server": { http: 5 },
};

/** Loopback: nobody else on the network reaches a local stack. */
export const host = "127.0.0.1";

export interface StackPort {
  workload: string;
  name: string;
  port: number;
}

/** Every port that a stack with this first port takes. */
export function stackPorts(firstPort: number): StackPort[] {
  return Object.entries(offsets).flatMap(([workload, ports]) =>
    Object.entries(ports).map(([name, offset]) => ({ workload, name, port: firstPort + offset })),
  );
}

/** @throws Error for a workload or port that is not in the table. */
export function portOf(firstPort: number, workload: string, name: string): number {
  const offset = offsets[workload]?.[name];
  if (offset !== undefined) return firstPort + offset;
  const known = stackPorts(0).map((one) => `${one.workload} ${one.name}`);
  throw new Error(`workload ${workload} has no port ${name} on this machine; known are ${known.join(", ")}`);
}
