import type { Command } from "commander";

type AddCommand = (program: Command) => void;

/** Each command's module, in the order in which help lists them. */
const modules: Record<string, () => Promise<AddCommand>> = {
  stack: async () => (await import("./commands/stack.ts")).addStackCommands,
  check: async () => (await import("./commands/check.ts")).addCheckCommand,
  leftovers: async () => (await import("./commands/leftovers.ts")).addLeftoversCommand,
  status: async () => (await import("./commands/status.ts")).addStatusCommand,
  demo: async () => (await import("./commands/demo.ts")).addDemoCommand,
  runs: async () => (await import("./commands/runs.ts")).addRunsCommand,
  pools: async () => (await import("./commands/pools.ts")).addPoolsCommand,
  schedules: async () => (await import("./commands/schedules.ts")).addSchedulesCommand,
  plan: async () => (await import("./commands/plan.ts")).addPlanCommand,
  workflows: async () => (await import("./commands/workflows.ts")).addWorkflowsCommand,
  models: async () => (await import("./commands/models.ts")).addModelsCommand,
  openapi: async () => (await import("./commands/openapi.ts")).addOpenApiCommand,
  jobs: async () => (await import("./commands/jobs.ts")).addJobsCommand,
  routes: async () => (await import("./commands/routes.ts")).addRoutesCommand,
  cost: async () => (await import("./commands/cost.ts")).addCostCommand,
  compare: async () => (await import("./commands/compare.ts")).addCompareCommand,
  env: async () => (await import("./commands/env.ts")).addEnvCommand,
  doctor: async () => (await import("./commands/doctor.ts")).addDoctorCommand,
};

/** Commands that a module of another name brings. */
const moduleOf: Record<string, string> = { up: "stack", down: "stack", destroy: "stack" };

/**
 * Adds the command that is asked for, or all of them where help or a suggestion needs them all: loading every module
 * takes most of the time in which a command starts.
 * @param asked the first word of the command line
 */
export async function addCommands(program: Command, asked = ""): Promise<void> {
  const module = moduleOf[asked] ?? asked;
  const needed = Object.hasOwn(modules, module) ? [module] : Object.keys(modules);
  for (const name of needed) (await modules[name]?.())?.(program);
}
