import assert from "node:assert/strict";
import { adoptionOf, isTakenOver } from "../../../simulator/kubernetes-api/adoption.ts";
import {
  driftedInputs,
  liveChanges,
  refusedChanges,
  rulesFor,
  withoutForeignFields,
} from "../../../simulator/kubernetes-api/comparison.ts";
import type { Properties } from "../../../simulator/values.ts";

const settings = {
  patchForce: false,
  upsert: false,
  deleteUnreachable: false,
  enableConfigMapMutable: false,
  enableSecretMutable: false,
};
const web = (spec: Properties, metadata: Properties = {}): Properties => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", ...metadata },
  spec,
});

describe("objects compared", () => {
  it("leaves out what the server alone writes", () => {
    const live = {
      ...web({ replicas: 1 }, { uid: "1", resourceVersion: "7", generation: 2 }),
      status: { replicas: 0 },
    };
    const planned = web({ replicas: 1 }, { uid: "1", resourceVersion: "8", generation: 3 });
    assert.equal(liveChanges(live, planned, []).size, 0);
    assert.deepEqual([...liveChanges(live, web({ replicas: 2 }), []).keys()], ["spec.replicas"]);
  });

  it("takes drift into the inputs, but not the server's way of writing a value", () => {
    const inputs = web({ replicas: 2, template: { cpu: "1000m" } });
    const live = web({ replicas: 5, template: { cpu: "1" }, paused: false });
    const planned = web({ replicas: 2, template: { cpu: "1" }, paused: false });
    assert.deepEqual(driftedInputs(inputs, live, planned), web({ replicas: 5, template: { cpu: "1000m" } }));
  });

  it("takes drift inside of lists, and of names with dots", () => {
    const at = (image: string, note: string) => ({
      metadata: { annotations: { "a.b/c": note } },
      spec: { containers: [{ image }] },
    });
    assert.deepEqual(driftedInputs(at("one", "x"), at("two", "y"), at("one", "x")), at("two", "y"));
  });

  it("replaces by what the server refuses to change", () => {
    const rules = rulesFor(web({}), web({}), settings);
    const found = refusedChanges(
      liveChanges(web({ a: 1, serviceName: "x" }), web({ a: 2, serviceName: "x" }), rules),
      ["spec"],
    );
    assert.deepEqual([...found], [["spec.a", { kind: "update", replaces: true }]]);
  });

  it("takes another version of the same group as the same object, another group not", () => {
    const paths = (from: string, to: string) =>
      rulesFor({ ...web({}), apiVersion: from }, { ...web({}), apiVersion: to }, settings).map(
        ({ path }) => path,
      );
    assert.ok(!paths("apps/v1beta2", "apps/v1").includes("apiVersion"));
    assert.ok(paths("extensions/v1beta1", "apps/v1").includes("apiVersion"));
  });

  it("leaves out ignored fields that others manage, and no others", () => {
    const managedFields = [
      { manager: "autoscaler", operation: "Update", fieldsV1: { "f:spec": { "f:replicas": {} } } },
      { manager: "ours", operation: "Apply", fieldsV1: { "f:spec": { "f:replicas": {}, "f:paused": {} } } },
    ];
    const live = web({}, { managedFields });
    const object = web({ replicas: 1, paused: true });
    assert.deepEqual(
      withoutForeignFields(object, ["spec.replicas", "spec.paused"], live, "ours"),
      web({ paused: true }),
    );
  });
});

describe("an object that is there already", () => {
  const ours = "pulumi-kubernetes-0123abcd";
  const managedBy = (...managers: string[]) =>
    web({}, { managedFields: managers.map((manager) => ({ manager })) });

  it("is taken over when the same resource made it, under another field manager", () => {
    const adoption = adoptionOf(managedBy("kubectl", ours), ours);
    assert.match(adoption?.fieldManager ?? "", /^pulumi-kubernetes-0123abcd-[0-9a-f]{4}$/);
    assert.deepEqual(adoption?.former, [ours]);
    assert.equal(adoptionOf(managedBy("kubectl", "pulumi-kubernetes-99999999"), ours), undefined);
  });

  it("is deleted by the resource that manages it, and by one that only imported it", () => {
    assert.equal(isTakenOver(managedBy(ours), { __fieldManager: ours }), false);
    assert.equal(isTakenOver(managedBy("kubectl"), { __fieldManager: ours }), false);
    assert.equal(isTakenOver(managedBy(`${ours}-12ab`), { __fieldManager: ours }), true);
  });
});
