import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { type Command, Option } from "commander";
import { checkFile } from "../check/check-file.ts";
import { checkProgram, type PackOptions, readStack } from "../check/check-program.ts";
import { createCostEstimator } from "../check/create-cost-estimator.ts";
import { inParallel } from "../check/in-parallel.ts";
import { readProject } from "../check/project-file.ts";
import { type CheckReport, createReport, mandatoryCount, readBase } from "../check/report.ts";
import { jsonReport } from "../check/reports/json-report.ts";
import { junitReport } from "../check/reports/junit-report.ts";
import { markdownReport } from "../check/reports/markdown-report.ts";
import { counted } from "../check/reports/resource-text.ts";
import { sarifReport } from "../check/reports/sarif-report.ts";
import { tableReport } from "../check/reports/table-report.ts";
import { writeFiles } from "../check/reports/write-files.ts";
import type { CheckedStack } from "../check/stack-result.ts";
import { usageOf } from "../cost/estimate-of.ts";
import { CannotRun, createOutput, NegativeAnswer } from "../output.ts";
import { projectFolder } from "../project.ts";

interface CheckOptions {
  stack?: string;
  json: boolean;
  project: string;
  policyPack: string;
  policyConfig?: string;
  plan?: string;
  state?: string;
  base?: string;
  usage?: string;
  sarif?: string;
  junit?: string;
  markdown?: string;
}

export function addCheckCommand(program: Command): void {
  program
    .command("check [stacks...]")
    .description("policies and cost of whole stacks, without an account; exit status 1 on violations")
    .addOption(new Option("-s, --stack <name>", "the stack, where no names are given (default: local)"))
    .addOption(new Option("--json", "print one JSON document on standard output").default(false))
    .addOption(new Option("--sarif <file>", "write the report for code scanning"))
    .addOption(new Option("--junit <file>", "write the report for test views"))
    .addOption(new Option("--markdown <file>", "write the report as one comment"))
    .addOption(new Option("--base <file>", "an earlier --json document, for the difference in cost"))
    .addOption(new Option("--usage <file>", "what depends on use, such as stacks/usage.example.yaml"))
    .addOption(
      new Option("--plan <file>", "instead of a program: pulumi preview --json --show-sames, or --save-plan"),
    )
    .addOption(
      new Option("--state <file>", "instead of a program: pulumi stack export; with --plan, what it changes"),
    )
    .addOption(
      new Option("--project <folder>", "the folder of Pulumi.yaml").default(projectFolder, "this one"),
    )
    .addOption(
      new Option("--policy-pack <folder>", "the policy pack")
        .env("PULUMI_OPTION_POLICY_PACK")
        .default(resolve(projectFolder, "policies"), "policies"),
    )
    .addOption(
      new Option(
        "--policy-config <file>",
        "configuration of its rules, as for pulumi --policy-pack-config",
      ).env("PULUMI_OPTION_POLICY_PACK_CONFIG"),
    )
    .action(check);
}

/** The answer is complete, or there is none: nothing is printed or written before every stack has been checked. */
async function check(stacks: string[], options: CheckOptions): Promise<void> {
  const output = createOutput(options.json);
  // So that processes of the check end with it.
  for (const [signal, number] of Object.entries({ SIGHUP: 1, SIGINT: 2, SIGTERM: 15 }))
    process.once(signal, () => process.exit(128 + number));
  const base = options.base === undefined ? new Map() : readBase(options.base);
  const report = await createReport(
    await checkAll(stacks, options),
    createCostEstimator(usageOf(options.usage)),
    base,
  );
  writeFiles(reportFiles(report, options));
  output.document(jsonReport(report));
  output.line(tableReport(report));
  const violations = mandatoryCount(report);
  if (violations > 0)
    throw new NegativeAnswer(`\n${counted(violations, "violation")}; each says above how to fix it`);
}

async function checkAll(names: string[], options: CheckOptions): Promise<CheckedStack[]> {
  const { plan, state, stack = "local" } = options;
  const project = readProject(resolve(options.project));
  const pack: PackOptions = {
    packFolder: resolve(options.policyPack),
    configurationFile: options.policyConfig,
  };
  if (plan !== undefined || state !== undefined) {
    if (names.length > 0 || options.stack !== undefined)
      throw new CannotRun("a plan or a state names its stack: give no other beside it");
    return [await checkFile({ plan, state }, project, pack)];
  }
  const stacks = [...new Set(names.length > 0 ? names : [stack])].map((name) => readStack(project, name));
  return await inParallel(stacks, Math.max(2, availableParallelism()), (each) => checkProgram(each, pack));
}

function reportFiles(report: CheckReport, { sarif, junit, markdown }: CheckOptions) {
  const json = (document: object) => `${JSON.stringify(document, null, 2)}\n`;
  return [
    ...(sarif === undefined ? [] : [{ path: sarif, text: json(sarifReport(report)) }]),
    ...(junit === undefined ? [] : [{ path: junit, text: junitReport(report) }]),
    ...(markdown === undefined ? [] : [{ path: markdown, text: markdownReport(report) }]),
  ];
}
