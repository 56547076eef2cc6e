import { Command } from "commander";
import type { Problem } from "../runtime/errors.ts";
import { addCommands } from "./add-commands.ts";
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

await addCommands(program, process.argv[2]);

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
