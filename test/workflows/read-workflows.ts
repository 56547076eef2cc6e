import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { projectFolder } from "../../scripts/project.mjs";

export interface Step {
  id?: string;
  name?: string;
  if?: string;
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
  env?: Record<string, string>;
}

export interface Job {
  if?: string;
  permissions?: Record<string, string>;
  "timeout-minutes"?: number;
  steps: Step[];
}

export interface Workflow {
  file: string;
  text: string;
  on: Record<string, unknown>;
  permissions: Record<string, string>;
  jobs: Record<string, Job>;
}

const folder = join(projectFolder, ".github/workflows");

/** Every workflow file of the repository. */
export function readWorkflows(): Workflow[] {
  return readdirSync(folder).map((file) => {
    const text = readFileSync(join(folder, file), "utf8");
    return { file, text, ...(parse(text) as Omit<Workflow, "file" | "text">) };
  });
}

/** Of all jobs, and of the actions that are in the repository. */
export function allSteps(workflows: Workflow[]): (Step & { where: string })[] {
  const ofJobs = workflows.flatMap(({ file, jobs }) =>
    Object.entries(jobs).flatMap(([job, { steps }]) =>
      steps.map((step) => ({ ...step, where: `${file} ${job}` })),
    ),
  );
  const action = readFileSync(join(projectFolder, ".github/actions/log-in/action.yml"), "utf8");
  const { steps } = (parse(action) as { runs: { steps: Step[] } }).runs;
  return [...ofJobs, ...steps.map((step) => ({ ...step, where: "log-in" }))];
}
