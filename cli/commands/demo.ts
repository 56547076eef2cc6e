import { type Command, InvalidArgumentError } from "commander";
import { runIdForMessage } from "../../runtime/workflows/run.ts";
import { followRun } from "../follow-run.ts";
import { begin, type CommonOptions, withCommonOptions } from "../options.ts";
import { NegativeAnswer, styled } from "../output.ts";
import { connect } from "../runtime-client.ts";

const GIVE_UP_SECONDS = 600;

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
  const { client, outputs } = await connect(options);
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
  const run = await followRun(client, runIdForMessage("server.metrics", sent.messageId), output, {
    giveUpSeconds: GIVE_UP_SECONDS,
  });
  const report = await client.request<string>("GET", `/v1/runs/${run.id}/report`);
  output.document({ fault: sent, run, report });
  output.line(`\n${report}`);
  const repaired = run.state === "succeeded" && run.outputs?.repaired === true;
  if (!repaired) throw new NegativeAnswer(`the fault was not repaired: ${run.error ?? "see the report"}`);
  output.line(`${styled("green", "✓")} repaired; the run is ${client.url}/v1/runs/${run.id}`);
}
