import { setTimeout as sleep } from "node:timers/promises";
import { type Command, InvalidArgumentError } from "commander";
import { runIdForMessage } from "../../runtime/workflows/run.ts";
import { begin, type CommonOptions, withCommonOptions } from "../options.ts";
import { CannotRun, NegativeAnswer, type Output, styled } from "../output.ts";
import { type Run, runSummary, type TaskRun, taskLine } from "../run-view.ts";
import { connect, type RuntimeClient, RuntimeError, RuntimeUnreachable } from "../runtime-client.ts";

const POLL_MILLISECONDS = 100;
const GIVE_UP_SECONDS = 600;
const FINAL_STATES = new Set(["succeeded", "failed", "cancelled"]);

interface DemoOptions extends CommonOptions {
  pace: number;
  fault?: string;
  seed: number;
}

export function addDemoCommand(program: Command): void {
  withCommonOptions(program.command("demo"))
    .description("break a simulated server and watch the workflow repair it")
    .option("--pace <seconds>", "hold each task at least this long, e.g. 1s", parsePace, 0)
    .option("--fault <kind>", "the kind of fault; default: one by the seed")
    .option("--seed <number>", "chooses server and fault", parseSeed, Date.now() % 1_000_000)
    .action(demo);
}

function parsePace(text: string): number {
  const seconds = Number(/^(\d+(?:\.\d+)?)s?$/.exec(text)?.[1]);
  if (Number.isNaN(seconds) || seconds > 60)
    throw new InvalidArgumentError("give seconds from 0 to 60, e.g. 1s");
  return seconds;
}

function parseSeed(text: string): number {
  const seed = Number(text);
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new InvalidArgumentError("give a whole number from 0 up");
  return seed;
}

async function demo(options: DemoOptions): Promise<void> {
  const output = begin(options);
  const { client, outputs } = await connect(options.stack);
  // Loaded here, so that other commands do not wait for it.
  const { sendFault } = await import("../../examples/automatic-operations/demo.ts");
  const sent = await sendFault({
    runtimeUrl: client.url,
    sampleServerUrl: String(outputs.sampleServer),
    seed: options.seed,
    ...(client.token === undefined ? {} : { token: client.token }),
    ...(options.fault === undefined ? {} : { kind: options.fault }),
    ...(options.pace > 0 ? { pace: options.pace } : {}),
  });
  output.line(
    `${styled("bold", "fault")} ${sent.kind} on ${sent.server}; its metrics and logs went to the queue`,
  );
  const run = await follow(client, runIdForMessage("server.metrics", sent.messageId), output);
  const report = await client.request<string>("GET", `/v1/runs/${run.id}/report`);
  output.document({ fault: sent, run, report });
  output.line(`\n${report}`);
  const repaired = run.state === "succeeded" && run.outputs?.repaired === true;
  if (!repaired) throw new NegativeAnswer(`the fault was not repaired: ${run.error ?? "see the report"}`);
  output.line(`${styled("green", "✓")} repaired; the run is ${client.url}/v1/runs/${run.id}`);
}

/** Shows the run until it ends. The runtime may go away and come back meanwhile. */
async function follow(client: RuntimeClient, id: string, output: Output): Promise<Run> {
  const show = createLiveView(output);
  const deadline = Date.now() + GIVE_UP_SECONDS * 1000;
  let wasReachable = true;
  while (Date.now() < deadline) {
    try {
      const run = await client.request<Run>("GET", `/v1/runs/${id}`);
      if (!wasReachable) output.line(styled("yellow", "the runtime is back"));
      wasReachable = true;
      show(run, client);
      if (FINAL_STATES.has(run.state)) return run;
    } catch (error) {
      // 404: the message still waits on the queue. 5xx: a part of the runtime restarts.
      const isTransient = error instanceof RuntimeError && (error.status === 404 || error.status >= 500);
      if (!isTransient && !(error instanceof RuntimeUnreachable)) throw error;
      if (error instanceof RuntimeUnreachable && wasReachable) {
        output.line(
          styled(
            "yellow",
            "the runtime does not answer; the run goes on once npm run up has brought it back",
          ),
        );
        wasReachable = false;
      }
    }
    await sleep(POLL_MILLISECONDS);
  }
  throw new CannotRun(
    `run ${id} did not end within ${GIVE_UP_SECONDS} s; it is kept: npm run skyloom -- runs show ${id}`,
  );
}

/** Prints a task's line whenever its state changes. */
function createLiveView(output: Output): (run: Run, client: RuntimeClient) => void {
  const shown = new Map<string, TaskRun["state"]>();
  return (run) => {
    if (shown.size === 0) output.line(runSummary(run));
    for (const task of run.tasks) {
      const isNews = shown.get(task.name) !== task.state;
      shown.set(task.name, task.state);
      if (!isNews || task.state === "pending") continue;
      output.line(taskLine(task));
      if (task.state === "waiting") output.line(howToApprove(run.id, task.name));
    }
    if (FINAL_STATES.has(run.state)) output.line(runSummary(run));
  };
}

function howToApprove(run: string, task: string): string {
  return styled("yellow", `    a person must decide: npm run skyloom -- runs approve ${run} --task ${task}`);
}
