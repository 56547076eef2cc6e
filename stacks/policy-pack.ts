import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import type { StackConfiguration } from "./configuration.ts";

/** A program's parent is its language host, whose parent is the engine; a wrapper may stand between. */
const GENERATIONS = 5;

export interface PackSigns {
  environment: Record<string, string | undefined>;
  /** Command lines of the processes above the program's, the nearest first. Asked only where it matters. */
  ancestors(): string[][];
}

/**
 * The engine does not tell a program which policy packs it enforces. What can be seen: the variable that the command
 * line takes for the flag, which the program inherits, and the flag itself in the command line of the engine.
 */
export function packInForce({ environment, ancestors }: PackSigns): boolean {
  if (environment.PULUMI_OPTION_POLICY_PACK) return true;
  return ancestors().some((words) => words.some((word) => /^--policy-pack(=.|$)/.test(word)));
}

/**
 * A production stack comes up with a policy pack, or with a reason for none.
 * @returns the reason, where it is needed.
 * @throws Error that says how to bring the pack in.
 */
export function requirePolicyPack(
  { environment, policies }: Pick<StackConfiguration, "environment" | "policies">,
  stack: string,
  signs: PackSigns,
): string | undefined {
  if (environment !== "production" || packInForce(signs)) return undefined;
  if (policies?.withoutPack !== undefined) return policies.withoutPack;
  throw new Error(
    [
      `${stack} is a production stack, and no policy pack is in force; nothing was changed. Do one of these:`,
      `  npm run up -- -s ${stack}                      it brings the pack in`,
      "  set -a; . stacks/pulumi.env; set +a            before pulumi: it sets PULUMI_OPTION_POLICY_PACK",
      `  pulumi up -s ${stack} --policy-pack policies   or another pack`,
      `  say why there is none in stacks/Pulumi.${stack}.yaml: skyloom:policies: {withoutPack: "the reason"}`,
      "A pack that Pulumi Cloud enforces by itself cannot be seen from here: say so in withoutPack.",
    ].join("\n"),
  );
}

/** Of this process; empty where the system does not tell. */
export function ancestorCommands(): string[][] {
  const commands: string[][] = [];
  let pid = process.ppid;
  while (pid > 1 && commands.length < GENERATIONS) {
    const found = existsSync("/proc/self/stat") ? fromProc(pid) : fromPs(pid);
    if (found === undefined) break;
    commands.push(found.words);
    pid = found.parent;
  }
  return commands;
}

function fromProc(pid: number): { parent: number; words: string[] } | undefined {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    // The second field is the command's name in parentheses, and may hold any character.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(")").at(-1)?.trim().split(" ") ?? [];
    return { parent: Number(fields[1]), words };
  } catch {
    return undefined; // another user's, or gone
  }
}

function fromPs(pid: number): { parent: number; words: string[] } | undefined {
  try {
    const line = execFileSync("ps", ["-o", "ppid=", "-o", "command=", "-p", String(pid)], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    const [parent, ...words] = line.trim().split(/\s+/);
    return { parent: Number(parent), words };
  } catch {
    return undefined; // no such command here, or the process is gone
  }
}
