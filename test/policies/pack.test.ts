import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import grpc from "@grpc/grpc-js";
import analyzerClients from "@pulumi/pulumi/proto/analyzer_grpc_pb.js";
import type analyzer from "@pulumi/pulumi/proto/analyzer_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import { policies } from "../../policies/policies.ts";
import { analyzeRequest, diagnosticOf } from "./analyze.ts";

const packFolder = fileURLToPath(new URL("../../policies", import.meta.url));
const runPolicyPack = createRequire(import.meta.url).resolve("@pulumi/pulumi/cmd/run-policy-pack");

/** Starts the pack as the engine does. */
describe("policy pack", () => {
  let pack: ChildProcess;
  let client: InstanceType<typeof analyzerClients.AnalyzerClient>;

  before(async () => {
    pack = spawn(process.execPath, [runPolicyPack, "127.0.0.1:1", packFolder], {
      cwd: packFolder,
      stdio: ["ignore", "pipe", "inherit"],
    });
    assert.ok(pack.stdout);
    const [port] = (await once(createInterface({ input: pack.stdout }), "line")) as [string];
    client = new analyzerClients.AnalyzerClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  });
  after(async () => {
    client.close();
    pack.kill();
    await once(pack, "exit");
  });

  it("names itself and every rule", async () => {
    const info = await new Promise<InstanceType<typeof analyzer.AnalyzerInfo>>((resolve, reject) => {
      client.getAnalyzerInfo(new empty.Empty(), (error, answer) => (error ? reject(error) : resolve(answer)));
    });
    assert.equal(info.getName(), "skyloom");
    assert.match(info.getVersion(), /^\d+\.\d+\.\d+$/);
    assert.deepEqual(
      info.getPoliciesList().map((policy) => policy.getName()),
      policies.map(({ name }) => name),
    );
  });

  it("gives every rule a name, a description and the way to comply", () => {
    for (const { name, description, remediationSteps } of policies) {
      assert.match(name, /^[a-z]+(-[a-z]+)+$/);
      assert.ok(description.length > 20 && (remediationSteps?.length ?? 0) > 20, name);
    }
    assert.equal(new Set(policies.map(({ name }) => name)).size, policies.length);
  });

  it("reports every violation of a resource", async () => {
    const properties = { ports: [{ name: "http", port: 80, host: "0.0.0.0" }], environment: {}, limits: {} };
    const response = await new Promise<InstanceType<typeof analyzer.AnalyzeResponse>>((resolve, reject) => {
      client.analyze(analyzeRequest("skyloom:local:Process", properties), (error, answer) =>
        error ? reject(error) : resolve(answer),
      );
    });
    assert.deepEqual(
      response
        .getDiagnosticsList()
        .map(diagnosticOf)
        .map(({ policy, level }) => [policy, level]),
      [
        ["process-token-off-loopback", "mandatory"],
        ["process-memory-limit", "mandatory"],
      ],
    );
  });
});
