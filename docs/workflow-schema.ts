import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { workflowJsonSchema } from "../runtime/workflows/workflow-json-schema.ts";

// Writes docs/workflow.schema.json, which editors read: node docs/workflow-schema.ts && npm run format
export const schemaFile = fileURLToPath(new URL("workflow.schema.json", import.meta.url));

/** The file's content as the code has it now. */
export function schemaText(): string {
  return `${JSON.stringify(workflowJsonSchema(), null, 2)}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(schemaFile, schemaText());
