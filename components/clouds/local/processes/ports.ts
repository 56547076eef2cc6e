import { connect, createServer } from "node:net";
import { findPortHolder } from "./port-holders.ts";
import { familyOf, type ListeningPort, type ProcessRecord } from "./process-record.ts";
import type { ProcessTable } from "./process-table.ts";

/** Something listens on the port already. */
export interface PortConflict {
  port: ListeningPort;
  /** Who holds it, in words; empty where that cannot be found out. */
  holder: string;
}

/**
 * The ports that others hold.
 * @param own processes whose ports may be in use: those that a start or an update replaces.
 */
export async function findPortConflicts(
  ports: ListeningPort[],
  own: ProcessRecord[],
  table: ProcessTable,
): Promise<PortConflict[]> {
  const conflicts = await Promise.all(
    ports.map(async (port) => {
      if (!(await isInUse(port))) return [];
      const holder = findPortHolder(port.port);
      if (own.some((record) => holds(record, port, holder?.pid, table))) return [];
      return { port, holder: holder === undefined ? "" : `${holder.command} (pid ${holder.pid})` };
    }),
  );
  return conflicts.flat();
}

function holds(
  record: ProcessRecord,
  port: ListeningPort,
  holder: number | undefined,
  table: ProcessTable,
): boolean {
  const family = familyOf(record, table);
  if (holder !== undefined) return family.some((entry) => entry.pid === holder);
  return family.length > 0 && record.ports.some((one) => one.port === port.port);
}

/** Whether a new server could not listen there. */
export async function isInUse({ host, port }: ListeningPort): Promise<boolean> {
  // Some systems let a second server listen on one address beside a first one on all addresses.
  return (await answers(host, port)) || !(await canListen(host, port));
}

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1000 });
    const end = (isAnswered: boolean) => {
      socket.destroy();
      resolve(isAnswered);
    };
    socket.once("connect", () => end(true));
    socket.once("error", () => end(false));
    socket.once("timeout", () => end(false));
  });
}

function canListen(host: string, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") resolve(false);
      else reject(error);
    });
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** The message for a port that others hold, with what to do about it. */
export function describeConflict({ port, holder }: PortConflict, stack: string, firstPort?: number): string {
  const by = holder === "" ? "another program" : holder;
  return (
    `${port.host}:${port.port} (${port.name}) is in use by ${by}; stop it, or choose another port for the stack: ` +
    `pulumi config set port ${suggestedPort(firstPort ?? port.port)} -s ${stack}`
  );
}

/** Ten on, which leaves room for all ports of a stack. */
function suggestedPort(firstPort: number): number {
  return firstPort + 10 <= 65_000 ? firstPort + 10 : 8080;
}
