import type { Command } from "commander";
import type { ModelStatus } from "../../runtime/inference/inference.ts";
import { begin, type CommonOptions, withCommonOptions } from "../options.ts";
import { table } from "../output.ts";
import { connect } from "../runtime-client.ts";

export function addModelsCommand(program: Command): void {
  const models = program.command("models").description("the models that a stack serves");
  withCommonOptions(models.command("list")).description("models and their state").action(listModels);
}

async function listModels(options: CommonOptions): Promise<void> {
  const output = begin(options);
  const { client } = await connect(options.stack);
  const answer = await client.request<{ models: ModelStatus[] }>("GET", "/v2/models");
  output.document(answer);
  if (output.json) return;
  const rows = answer.models.map((model) => [model.name, model.version, model.state, model.reason]);
  output.line(table([["MODEL", "VERSION", "STATE", "REASON"], ...rows]));
}
