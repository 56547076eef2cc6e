import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

export interface ProcessEntry {
  pid: number;
  parent: number;
  /** Process group; a managed process leads a group of its own. */
  group: number;
  /** Together with the pid it names one process for good: a pid alone is used again after a while. */
  startTime: string;
  isZombie: boolean;
}

/** The processes of this machine, as far as this user may see them. */
export interface ProcessTable {
  /** undefined when there is no such process, or when it has ended and only waits for its parent to notice. */
  find(pid: number): ProcessEntry | undefined;
  /** All that have not ended. */
  list(): ProcessEntry[];
}

export function createProcessTable(platform: NodeJS.Platform = process.platform): ProcessTable {
  const { find, list } = platform === "linux" ? linuxTable : psTable;
  return {
    find: (pid) => [find(pid)].find((entry) => entry !== undefined && !entry.isZombie),
    list: () => list().filter((entry) => !entry.isZombie),
  };
}

const linuxTable: ProcessTable = {
  find(pid) {
    try {
      return parseStat(readFileSync(`/proc/${pid}/stat`, "utf8"));
    } catch {
      return undefined; // it has ended
    }
  },
  list: () =>
    readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map((name) => linuxTable.find(Number(name)))
      .filter((entry) => entry !== undefined),
};

let bootId: string | undefined;

/** proc_pid_stat(5); the program's name, in parentheses, may itself contain spaces and parentheses. */
function parseStat(text: string): ProcessEntry {
  bootId ??= readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return {
    pid: Number.parseInt(text, 10),
    parent: Number(fields[1]),
    group: Number(fields[2]),
    // Counted in clock ticks since the machine started, hence the second part.
    startTime: `${fields[19]}@${bootId}`,
    // While other threads of it still end, its sockets are open.
    isZombie: fields[0] === "X" || (fields[0] === "Z" && Number(fields[17]) <= 1),
  };
}

const psTable: ProcessTable = {
  find: (pid) => psTable.list().find((entry) => entry.pid === pid),
  list() {
    const columns = ["pid=", "ppid=", "pgid=", "stat=", "lstart="].flatMap((column) => ["-o", column]);
    const text = execFileSync("ps", ["-A", ...columns], {
      encoding: "utf8",
      env: { PATH: process.env.PATH, LC_ALL: "C" },
    });
    return text.split("\n").flatMap((line) => {
      const match = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(.+?)\s*$/.exec(line);
      if (match === null) return [];
      const [, pid, parent, group, state = "", startTime = ""] = match;
      return {
        pid: Number(pid),
        parent: Number(parent),
        group: Number(group),
        startTime,
        isZombie: state.startsWith("Z"),
      };
    });
  },
};
