import type { Command } from "commander";
import { begin, type RuntimeOptions, withRuntimeOptions } from "../options.ts";
import { connect } from "../runtime-client.ts";

export function addOpenApiCommand(program: Command): void {
  withRuntimeOptions(program.command("openapi"))
    .description("print the OpenAPI 3.1 document of a stack's runtime")
    .action(printDocument);
}

async function printDocument(options: RuntimeOptions): Promise<void> {
  // The document is JSON with and without --json.
  const output = begin({ ...options, json: true });
  const { client } = await connect(options);
  output.document(await client.request<object>("GET", "/v1/openapi.json"));
}
