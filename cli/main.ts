import { Command } from "commander";
import type { Problem } from "../runtime/errors.ts";
import { addCheckCommand } from "./commands/check.ts";
import { addCompareCommand } from "./commands/compare.ts";
import { addCostCommand } from "./commands/cost.ts";
import { addDemoCommand } from "./commands/demo.ts";
import { addDoctorCommand } from "./commands/doctor.ts";
import { addEnvCommand } from "./commands/env.ts";
import { addJobsCommand } from "./commands/jobs.ts";
import { addLeftoversCommand } from "./commands/leftovers.ts";
import { addModelsCommand } from "./commands/models.ts";
import { addOpenApiCommand } from "./commands/openapi.ts";
import { addPlanCommand } from "./commands/plan.ts";
import { addPoolsCommand } from "./commands/pools.ts";
import { addRunsCommand } from "./commands/runs.ts";
import { addSchedulesCommand } from "./commands/schedules.ts";
import { addStackCommands } from "./commands/stack.ts";
import { addStatusCommand } from "./commands/status.ts";
import { addWorkflowsCommand } from "./commands/workflows.ts";
import { CannotRun, NegativeAnswer } from "./output.ts";

const ANSWER_IS_NO = 1;
const COULD_NOT_RUN = 2;

// Whoever reads the output may have had enough of it (`| head`): that is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

const program = new Command("skyloom")
  .description("Run AI agent workflows on any cloud or on this machine")
  .showHelpAfterError("(--help lists what is allowed)")
  .showSuggestionAfterError()
  .configureOutput({ outputError: (text, write) => write(text) })
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : COULD_NOT_RUN));

addStackCommands(program);
addCheckCommand(program);
addLeftoversCommand(program);
addStatusCommand(program);
addDemoCommand(program);
addRunsCommand(program);
addPoolsCommand(program);
addSchedulesCommand(program);
addPlanCommand(program);
addWorkflowsCommand(program);
addModelsCommand(program);
addOpenApiCommand(program);
addJobsCommand(program);
addCostCommand(program);
addCompareCommand(program);
addEnvCommand(program);
addDoctorCommand(program);

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof Error)) throw error;
  // An ApiError of the runtime's own code (a bad workflow file, say) is the user's to read, too.
  const isForUser =
    error instanceof CannotRun || error instanceof NegativeAnswer || error.name === "ApiError";
  process.stderr.write(`${isForUser ? messageWithProblems(error) : (error.stack ?? error.message)}\n`);
  process.exitCode = error instanceof NegativeAnswer ? ANSWER_IS_NO : COULD_NOT_RUN;
}

/** The message of an error with several problems tells the first of them only. */
function messageWithProblems(error: Error & { problems?: Problem[] }): string {
  const { message, problems = [] } = error;
  if (problems.length < 2) return message;
  return [message, ...problems.map((problem) => `  ${problem.path}: ${problem.message}`)].join("\n");
}
