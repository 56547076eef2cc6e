import { join } from "node:path";
import { nodeBinary } from "../../../scripts/project.mjs";
import { ask, startProgram } from "../processes.ts";
import { LoadError } from "./closed-loop.ts";
import type { LoadFigures, LoadOrder, LoadReply } from "./messages.ts";

export interface LoadGenerator {
  /** @throws LoadError with the status of the first answer that was none */
  run(order: LoadOrder): Promise<LoadFigures>;
  stop(): Promise<void>;
}

/** The load comes from a process of its own, which may be held to a processor. */
export function startLoadGenerator(core: number | undefined): LoadGenerator {
  const program = startProgram({
    name: "the load generator",
    command: nodeBinary,
    args: [join(import.meta.dirname, "generator.ts")],
    folder: import.meta.dirname,
    environment: { NODE_NO_WARNINGS: "1" },
    core,
    ipc: true,
  });
  return {
    async run(order) {
      const reply = await ask<LoadReply>(program, order);
      if ("error" in reply) throw new LoadError(reply.error, reply.status);
      return reply.figures;
    },
    stop: () => program.stop(),
  };
}
