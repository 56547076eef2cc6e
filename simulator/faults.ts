import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { PACKAGES, type PackageName } from "./schema/locate.ts";

export const OPERATIONS = ["configure", "create", "read", "update", "delete", "invoke"] as const;
export type Operation = (typeof OPERATIONS)[number];

export const FAULT_KINDS = [
  "quota",
  "timeout",
  "conflict",
  "throttling",
  "half-created",
  "expired-login",
  "not-found",
] as const;

const faultSchema = z.strictObject({
  /** Default: any provider. */
  provider: z.enum(PACKAGES).optional(),
  /** Type token (or invoke token), whole or as a regular expression. Default: any. */
  type: z.string().optional(),
  /** Regular expression over the resource's name in the program. Default: any. */
  name: z.string().optional(),
  operation: z.enum(OPERATIONS),
  /** Absent: only the delay. */
  kind: z.enum(FAULT_KINDS).optional(),
  /** How often it strikes before it is over. Default: once. */
  times: z.int().positive().default(1),
  /** Milliseconds that the call takes longer, on every call that matches. Default: 0. */
  delayMs: z.number().nonnegative().default(0),
});

export type Fault = z.output<typeof faultSchema>;

/** The call that a fault may strike. */
export interface Call {
  provider: PackageName;
  type: string;
  name: string;
  operation: Operation;
}

/** The faults that a file lists; read anew at each call, so that a running simulator can be told to fail. */
export class Faults {
  readonly #file: string | undefined;
  readonly #counts: string;

  constructor(file: string | undefined, stateFolder: string) {
    this.#file = file;
    this.#counts = join(stateFolder, "faults-used.json");
    mkdirSync(stateFolder, { recursive: true });
    this.#read(); // a file that is wrong is refused at the start
  }

  /** The faults that strike this call now; those with a kind are counted as used. */
  strike(call: Call): { delayMs: number; fault: Fault | undefined } {
    const matching = this.#read().filter((fault) => matches(fault, call));
    const delayMs = matching.reduce((sum, fault) => sum + fault.delayMs, 0);
    const fault = matching.find((candidate) => candidate.kind !== undefined && this.#use(candidate));
    return { delayMs, fault };
  }

  /** Uses up one more time of the same fault; false when it is over. */
  again(fault: Fault): boolean {
    return this.#use(fault);
  }

  #read(): Fault[] {
    if (this.#file === undefined) return [];
    const parsed = z.array(faultSchema).safeParse(parse(this.#file));
    if (parsed.success) return parsed.data;
    const problems = parsed.error.issues.map(
      (issue) => `${issue.path.join(".") || "file"}: ${issue.message}`,
    );
    throw new Error(`faults file ${this.#file}: ${problems.join("; ")}`);
  }

  /** Counts are kept on disk: the next command, with a simulator of its own, goes on counting. */
  #use(fault: Fault): boolean {
    const key = createHash("sha256").update(JSON.stringify(fault)).digest("hex").slice(0, 16);
    const counts = readCounts(this.#counts);
    const used = counts[key] ?? 0;
    if (used >= fault.times) return false;
    const temporary = `${this.#counts}.${process.pid}`;
    writeFileSync(temporary, JSON.stringify({ ...counts, [key]: used + 1 }));
    renameSync(temporary, this.#counts);
    return true;
  }
}

function parse(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`faults file ${file} is not JSON: ${(error as Error).message}`);
  }
}

function readCounts(file: string): { [key: string]: number } {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as { [key: string]: number };
  } catch {
    return {};
  }
}

function matches(fault: Fault, call: Call): boolean {
  return (
    fault.operation === call.operation &&
    (fault.provider === undefined || fault.provider === call.provider) &&
    (fault.type === undefined ||
      fault.type === call.type ||
      new RegExp(`^(?:${fault.type})$`).test(call.type)) &&
    (fault.name === undefined || new RegExp(fault.name).test(call.name))
  );
}
