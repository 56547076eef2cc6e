// Changes the simulated clouds from outside of a stack: `node simulator/edit.ts --state FOLDER COMMAND`, see USAGE.
import { parseArgs } from "node:util";
import { CloudEditor } from "./cloud-editor.ts";
import { PACKAGES } from "./schema/locate.ts";
import type { Properties, Value } from "./values.ts";

const USAGE = `usage: node simulator/edit.ts --state FOLDER COMMAND
  list                              all resources, one a line (--json: as a document)
  show TYPE ID                      one resource, as JSON
  add TYPE NAME JSON                a resource that no stack made (--config JSON: the provider's configuration)
  set TYPE ID PATH JSON             another value for a property, e.g. set aws:s3/bucket:Bucket data tags.owner '"eve"'
  unset TYPE ID PATH                a property removed
  objects TYPE ID COUNT             how many objects a bucket holds
  delete TYPE ID                    a resource removed
types are Pulumi's tokens of ${PACKAGES.join(", ")}`;

class UsageError extends Error {}

function json(text: string | undefined, what: string): Value {
  try {
    return JSON.parse(text ?? "") as Value;
  } catch {
    throw new UsageError(`${what} is not JSON: ${text ?? "(missing)"}`);
  }
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { state: { type: "string" }, json: { type: "boolean" }, config: { type: "string" } },
});

async function run(): Promise<void> {
  if (values.state === undefined) throw new UsageError("--state is missing");
  const editor = new CloudEditor(values.state);
  const [command, type = "", id = "", third, fourth] = positionals;
  switch (command) {
    case "list":
      if (values.json) print(editor.list());
      else for (const item of editor.list()) process.stdout.write(`${item.type} ${item.id}\n`);
      return;
    case "show":
      print(editor.get(type, id) ?? null);
      return;
    case "add": {
      const config = values.config === undefined ? {} : (json(values.config, "--config") as Properties);
      print(await editor.add(type, id, json(third, "the inputs") as Properties, config));
      return;
    }
    case "set":
      editor.set(type, id, third ?? "", json(fourth, "the value"));
      return;
    case "unset":
      editor.set(type, id, third ?? "", undefined);
      return;
    case "objects":
      editor.setObjects(type, id, Number(third));
      return;
    case "delete":
      editor.remove(type, id);
      return;
    default:
      throw new UsageError(command === undefined ? "no command" : `unknown command '${command}'`);
  }
}

function print(document: unknown): void {
  process.stdout.write(`${JSON.stringify(document, undefined, 2)}\n`);
}

try {
  await run();
} catch (error) {
  const message = (error as Error).message;
  process.stderr.write(error instanceof UsageError ? `${message}\n${USAGE}\n` : `${message}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
