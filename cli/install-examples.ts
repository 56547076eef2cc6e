import { createObjectStore } from "../runtime/object-store/create-object-store.ts";
import { duration, type Output, styled } from "./output.ts";

/** Installs the example application into a stack that is up: models trained where they are missing, and the workflow. */
export async function installExamples(outputs: Record<string, unknown>, output: Output) {
  const started = Date.now();
  const progress = progressLine(output);
  // Loaded here, so that other commands do not wait for the training libraries.
  const { installAutomaticOperations } = await import("../examples/automatic-operations/install.ts");
  const installed = await installAutomaticOperations({
    store: await createObjectStore(String(outputs.bucket)),
    runtimeUrl: String(outputs.endpoint),
    ...(process.env.SKYLOOM_TOKEN === undefined ? {} : { token: process.env.SKYLOOM_TOKEN }),
    onProgress: progress.show,
  });
  progress.end();
  for (const { name, version, metrics, trained } of installed.models) {
    const figures = Object.entries(metrics).map(([metric, value]) => `${metric} ${value.toFixed(3)}`);
    output.line(
      `${styled("green", "✓")} model ${name} version ${version}${trained ? ", trained now" : ""}: ${figures.join(", ")}`,
    );
  }
  output.line(
    `${styled("green", "✓")} workflow automatic-operations version ${installed.workflow.version} (${duration((Date.now() - started) / 1000)})`,
  );
  return installed;
}

/** One line that is rewritten on a terminal; elsewhere a line at most every two seconds. */
function progressLine(output: Output) {
  const isTerminal = process.stdout.isTTY === true && !output.json;
  let lastShown = 0;
  return {
    show(text: string) {
      if (isTerminal) process.stdout.write(`\r\x1b[K${text.slice(0, (process.stdout.columns ?? 80) - 1)}`);
      else if (Date.now() - lastShown > 2000) {
        lastShown = Date.now();
        output.line(`  ${text}`);
      }
    },
    end() {
      if (isTerminal) process.stdout.write("\r\x1b[K");
    },
  };
}
