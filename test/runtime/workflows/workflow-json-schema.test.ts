import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv } from "ajv";
import { parse } from "yaml";
import { schemaFile, schemaText } from "../../../docs/workflow-schema.ts";

const project = fileURLToPath(new URL("../../..", import.meta.url));

describe("JSON Schema of the workflow file", () => {
  const schema = JSON.parse(schemaText());
  const validate = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(schema);

  /** Where a file is not as the schema says. */
  function placesOf(yaml: string): string[] {
    validate(parse(yaml));
    return [...new Set((validate.errors ?? []).map((error) => error.instancePath))];
  }
  const task = (body: string) => `name: x\ntasks:\n  a: {${body}}\n`;

  it("is in docs/workflow.schema.json as the code has it: node docs/workflow-schema.ts writes it", () => {
    assert.deepEqual(JSON.parse(readFileSync(schemaFile, "utf8")), schema);
  });

  it("takes every workflow of the examples", () => {
    const files = globSync("examples/**/workflow.yaml", { cwd: project });
    assert(files.length > 0);
    for (const file of files) assert.deepEqual(placesOf(readFileSync(join(project, file), "utf8")), [], file);
  });

  it("knows the parameters of each task type, also of a fallback and a compensation", () => {
    assert.deepEqual(placesOf(task("uses: notify, with: {mesage: x}")), ["/tasks/a/with", "/tasks/a"]);
    assert.deepEqual(placesOf(task("uses: notify")), ["/tasks/a"]);
    assert.deepEqual(placesOf(task("uses: notifi, with: {}")), ["/tasks/a/uses"]);
    const beside = "uses: decide, with: {outputs: {}}";
    assert(placesOf(task(`${beside}, fallback: {uses: notify, with: {level: loud}}`)).length > 0);
    assert(placesOf(task(`${beside}, compensation: {uses: approve, with: {question: x}}`)).length > 0);
    assert.deepEqual(placesOf(task(`${beside}, fallback: {outputs: {x: 1}}`)), []);
  });

  it("takes an expression wherever one may stand, and nowhere else", () => {
    const infer = (inputs: string) => task(`uses: infer, with: {model: m, inputs: ${inputs}}`);
    assert.deepEqual(
      placesOf(infer('{x: {datatype: "${inputs.t}", shape: ["${inputs.n}"], data: "${inputs.d}"}}')),
      [],
    );
    assert.deepEqual(placesOf(infer('"${inputs.all}"')), []);
    assert(
      placesOf(infer("{x: {datatype: FP31, shape: [1], data: []}}")).includes(
        "/tasks/a/with/inputs/x/datatype",
      ),
    );
    const secret = task('uses: script, with: {command: [x], secrets: {KEY: "${inputs.k}"}}');
    assert(placesOf(secret).includes("/tasks/a/with/secrets/KEY"));
  });

  it("knows amounts of resources and kinds of triggers", () => {
    const resources = (text: string) =>
      placesOf(task(`uses: decide, with: {outputs: {}}, resources: ${text}`));
    assert.deepEqual(resources("{cpu: 500m, memory: 4Gi, gpu: {minimum: 3, maximum: 4}}"), []);
    assert(resources("{memory: 4GB}").includes("/tasks/a/resources/memory"));
    const triggers = (text: string) =>
      placesOf(`${task("uses: decide, with: {outputs: {}}")}triggers: [${text}]\n`);
    assert.deepEqual(triggers('{schedule: {cron: "0 6 * * *"}}, {object: {prefix: a/}}'), []);
    assert.deepEqual(triggers("{schedule: {cron: x}, message: {type: y}}"), ["/triggers/0"]);
  });
});
