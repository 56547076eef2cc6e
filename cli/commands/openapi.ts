import type { Command } from "commander";
import { begin, type CommonOptions, withCommonOptions } from "../options.ts";
import { connect } from "../runtime-client.ts";

export function addOpenApiCommand(program: Command): void {
  withCommonOptions(program.command("openapi"))
    .description("print the OpenAPI 3.1 document of a stack's runtime")
    .action(printDocument);
}

async function printDocument(options: CommonOptions): Promise<void> {
  // The document is JSON with and without --json.
  const output = begin({ ...options, json: true });
  const { client } = await connect(options.stack);
  output.document(await client.request<object>("GET", "/v1/openapi.json"));
}
