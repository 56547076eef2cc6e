import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readPlan, readState } from "../../../cli/check/engine-files.ts";
import { UNKNOWN } from "../../../simulator/values.ts";

const urn = "urn:pulumi:dev::shop::aws:sqs/queue:Queue::orders";
const type = "aws:sqs/queue:Queue";
const secret = {
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  ciphertext: "v1:a:b",
};

describe("the engine's files", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "skyloom-engine-files-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const file = (name: string, content: unknown) => {
    const path = join(folder, name);
    writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
    return path;
  };
  const inputsOf = ({ resources }: ReturnType<typeof readState>) => resources.map(({ inputs }) => inputs);

  it("reads a state: secrets are not known, what is being deleted is not there", () => {
    const resources = [
      { urn, type, custom: true, inputs: { name: "a", key: secret, list: [secret], __defaults: [] } },
      { urn: `${urn}-old`, type, custom: true, delete: true, inputs: {} },
    ];
    const state = readState(file("state.json", { version: 3, deployment: { resources } }));
    assert.deepEqual(inputsOf(state), [{ name: "a", key: UNKNOWN, list: [UNKNOWN] }]);
  });

  it("reads a preview: the new state of each resource, without those that go", () => {
    const steps = [
      { op: "create", urn, newState: { urn, type, inputs: { name: "a", key: "[secret]" } } },
      { op: "delete", urn: `${urn}-old`, oldState: { urn: `${urn}-old`, type } },
      { op: "same", urn: `${urn}-same`, newState: { urn: `${urn}-same`, type, inputs: { name: "s" } } },
    ];
    const preview = { steps, changeSummary: { create: 1, same: 1 }, config: { "shop:a": "1" } };
    const plan = readPlan(file("preview.json", preview), undefined);
    assert.deepEqual(inputsOf(plan), [{ name: "a", key: UNKNOWN }, { name: "s" }]);
    assert.deepEqual(plan.config, { "shop:a": "1" });
  });

  it("takes no preview that leaves out what stays as it is", () => {
    const preview = file("preview.json", { steps: [], changeSummary: { same: 4 } });
    assert.throws(() => readPlan(preview, undefined), /leaves out the 4 resources .*--show-sames/);
  });

  const saved = (steps: string[], inputDiff: object) => ({
    resourcePlans: { [urn]: { goal: { type, custom: true, inputDiff }, steps, state: { id: UNKNOWN } } },
  });

  it("reads a saved plan of a new stack by itself", () => {
    const plan = readPlan(file("plan.json", saved(["create"], { adds: { name: "a" } })), undefined);
    assert.deepEqual(inputsOf(plan), [{ name: "a" }]);
    assert.deepEqual(plan.resources[0]?.outputs, { id: UNKNOWN });
  });

  it("puts the changes of a saved plan onto the state", () => {
    const inputs = { name: "a", delay: 1, old: true };
    const state = file("state.json", { deployment: { resources: [{ urn, type, inputs }] } });
    const changes = { adds: { fifo: true }, updates: { delay: 2 }, deletes: ["old"] };
    const plan = file("plan.json", saved(["update"], changes));
    assert.deepEqual(inputsOf(readPlan(plan, state)), [{ name: "a", delay: 2, fifo: true }]);
    assert.throws(
      () => readPlan(plan, undefined),
      /holds changes only, and urn:.* give the stack's state, too: --state/,
    );
  });

  it("leaves out what a saved plan deletes", () => {
    assert.deepEqual(inputsOf(readPlan(file("plan.json", saved(["delete"], {})), undefined)), []);
  });

  it("says which file is none", () => {
    assert.throws(() => readState(join(folder, "none")), /cannot read .*none/);
    assert.throws(() => readState(file("text", "not JSON")), /cannot read .*text/);
    assert.throws(() => readState(file("number", "1")), /is no JSON object/);
    assert.throws(() => readState(file("other", {})), /is no state: make one with pulumi stack export/);
    assert.throws(() => readPlan(file("other", {}), undefined), /is no plan: make one with/);
  });
});
