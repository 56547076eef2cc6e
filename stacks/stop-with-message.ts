import { RunError } from "@pulumi/pulumi";

/**
 * Runs a step whose errors are for the user: they end the program with their message alone. The engine otherwise
 * adds a stack, and takes half a minute to make one. Errors that only a mistake in the program can cause keep theirs.
 */
export async function stopWithMessage<Result>(step: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await step();
  } catch (error) {
    if (error instanceof Error && error.name === "Error") throw new RunError(error.message);
    throw error;
  }
}
