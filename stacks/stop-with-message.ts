import { RunError } from "@pulumi/pulumi";

/**
 * Runs a step whose errors are for the user: they end the program with their message alone. Errors that only a
 * mistake in the program can cause keep their stack.
 */
export async function stopWithMessage<Result>(step: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await step();
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "Error") throw error;
    const stop = new RunError(error.message);
    // The SDK has Node colour the stack; at its own frames in `@pulumi/resource.ts` Node 22 then loops for 40 s.
    stop.stack = `Error: ${error.message}`;
    throw stop;
  }
}
