import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import grpc from "@grpc/grpc-js";
import analyzerClients from "@pulumi/pulumi/proto/analyzer_grpc_pb.js";
import analyzer from "@pulumi/pulumi/proto/analyzer_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import { rules } from "../../policies/policies.ts";
import {
  type AnalyzedResource,
  analyzeRequest,
  analyzeStackRequest,
  diagnosticOf,
  resourceOf,
  structOf,
  unknownText,
} from "./analyze.ts";

const packFolder = fileURLToPath(new URL("../../policies", import.meta.url));
const runPolicyPack = createRequire(import.meta.url).resolve("@pulumi/pulumi/cmd/run-policy-pack");

type Client = InstanceType<typeof analyzerClients.AnalyzerClient>;
type Callback<Answer> = (error: Error | null, answer: Answer) => void;

function start(environment: Record<string, string>): ChildProcess {
  return spawn(process.execPath, [runPolicyPack, "127.0.0.1:1", packFolder], {
    cwd: packFolder,
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

function answer<Answer>(call: (callback: Callback<Answer>) => void): Promise<Answer> {
  return new Promise((resolve, reject) => {
    call((error, found) => (error ? reject(error) : resolve(found)));
  });
}

const analyze = async (client: Client, resource: AnalyzedResource) => {
  const request = analyzeRequest(resource);
  const response = await answer<InstanceType<typeof analyzer.AnalyzeResponse>>((callback) =>
    client.analyze(request, callback),
  );
  return response.getDiagnosticsList().map(diagnosticOf);
};

const analyzeStack = async (client: Client, resources: AnalyzedResource[]) => {
  const request = analyzeStackRequest(resources);
  const response = await answer<InstanceType<typeof analyzer.AnalyzeResponse>>((callback) =>
    client.analyzeStack(request, callback),
  );
  return response.getDiagnosticsList().map(diagnosticOf);
};

/** Starts the pack as the engine does. */
describe("policy pack", () => {
  const folder = mkdtempSync(join(tmpdir(), "policy-pack-"));
  const waivers = join(folder, "waivers.yaml");
  writeFileSync(
    waivers,
    `waivers:
  - rule: gcs-forbid-public-access
    resource: public
    reason: it holds the web site
    owner: web-team
    expires: 2999-12-31
  - rule: gcs-require-uniform-access
    resource: public
    reason: no longer needed
    owner: web-team
    expires: 2999-12-31
  - rule: gcs-forbid-public-access
    resource: private
    reason: it was public once
    owner: web-team
    expires: 2020-12-31
`,
  );
  const configuration = {
    "skyloom:environment": "development",
    "skyloom:policies": JSON.stringify({ waivers, requiredTags: ["team"] }),
  };
  let pack: ChildProcess;
  let client: Client;

  before(async () => {
    pack = start({});
    assert.ok(pack.stdout);
    const [port] = (await once(createInterface({ input: pack.stdout }), "line")) as [string];
    client = new analyzerClients.AnalyzerClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  });
  after(async () => {
    client.close();
    pack.kill();
    await once(pack, "exit");
    rmSync(folder, { recursive: true });
  });

  /** As the engine does before anything else. */
  const tell = (settings: Record<string, string>) => {
    const request = new analyzer.AnalyzerStackConfigureRequest();
    request.setStack("dev");
    request.setProject("shop");
    for (const [key, value] of Object.entries(settings)) request.getConfigMap().set(key, value);
    return answer((callback) => client.configureStack(request, callback));
  };

  it("takes the stack's configuration", async () => {
    await tell(configuration);
  });

  it("names itself and every rule, with what each can be told", async () => {
    const info = await answer<InstanceType<typeof analyzer.AnalyzerInfo>>((callback) =>
      client.getAnalyzerInfo(new empty.Empty(), callback),
    );
    assert.equal(info.getName(), "skyloom");
    assert.match(info.getVersion(), /^\d+\.\d+\.\d+$/);
    const policies = info.getPoliciesList();
    assert.deepEqual(
      policies.map((policy) => policy.getName()),
      rules.map(({ name }) => name),
    );
    const limit = policies.find((policy) => policy.getName() === "gpu-limit-nodes");
    const schema = limit?.getConfigschema()?.getProperties()?.toJavaScript() as Record<
      string,
      { type: string }
    >;
    assert.deepEqual(
      Object.entries(schema).map(([name, { type }]) => [name, type]),
      [
        ["environment", "string"],
        ["maximumGpuNodes", "integer"],
      ],
    );
    const endpoint = policies.find((policy) => policy.getName() === "eks-restrict-public-endpoint");
    assert.equal(endpoint?.getFramework()?.getReference(), "5.4.1");
  });

  it("waives, takes what the stack is told, and leaves the rest for the apply", async () => {
    const bucket = (properties: object, name: string) =>
      resourceOf("gcp:storage/bucket:Bucket", properties, name);
    const labels = { team: "web" };
    const open = { labels, publicAccessPrevention: "inherited", uniformBucketLevelAccess: true };
    const brief = (found: { policy: string; level: unknown; message: string }[]) =>
      found.map(({ policy, level, message }) => [policy, level, message.split("\n")[1]]);
    assert.deepEqual(brief(await analyze(client, bucket(open, "public"))), [
      ["gcs-forbid-public-access", "advisory", "waived until 2999-12-31 by web-team: it holds the web site"],
    ]);
    assert.deepEqual(brief(await analyze(client, bucket(open, "private"))), [
      [
        "gcs-forbid-public-access",
        "mandatory",
        'publicAccessPrevention is "inherited": set it to "enforced"',
      ],
    ]);
    const unknown = { ...open, publicAccessPrevention: unknownText, labels: {} };
    assert.deepEqual(brief(await analyze(client, bucket(unknown, "third"))), [
      [
        "gcs-forbid-public-access",
        "advisory",
        "to be checked at apply: string value at .publicAccessPrevention can't be known during preview",
      ],
      ["resource-require-tags", "mandatory", "labels lacks team"],
    ]);
  });

  it("at the end names waivers that are too old or waive nothing", async () => {
    const names = ["public", "private", "third"];
    const found = await analyzeStack(
      client,
      names.map((name) => resourceOf("gcp:storage/bucket:Bucket", { labels: { team: "web" } }, name)),
    );
    assert.deepEqual(
      found
        .filter(({ policy }) => policy.startsWith("waivers-"))
        .map(({ message }) => message.split("\n")[1]),
      [
        `${waivers}:12: the waiver of web-team from gcs-forbid-public-access for private expired on 2020-12-31`,
        `${waivers}:7: the waiver of web-team from gcs-require-uniform-access for public waives nothing`,
      ],
    );
  });

  it("takes a rule's own configuration, which wins over the stack's", async () => {
    const request = new analyzer.ConfigureAnalyzerRequest();
    const own = new analyzer.PolicyConfig();
    own.setEnforcementlevel(analyzer.EnforcementLevel.ADVISORY);
    own.setProperties(structOf({ requiredTags: ["owner"] }));
    request.getPolicyconfigMap().set("resource-require-tags", own);
    await answer((callback) => client.configure(request, callback));
    const properties = { publicAccessPrevention: "enforced", uniformBucketLevelAccess: true };
    const [found, ...others] = await analyze(client, resourceOf("gcp:storage/bucket:Bucket", properties));
    assert.deepEqual(
      [found?.level, found?.message.split("\n")[1], others],
      ["advisory", "labels lacks owner", []],
    );
  });

  it("stops at a configuration that it cannot read, and says what and where", async () => {
    const other = start({});
    assert.ok(other.stdout);
    let text = "";
    other.stderr?.on("data", (chunk) => {
      text += chunk;
    });
    const [port] = (await once(createInterface({ input: other.stdout }), "line")) as [string];
    const configuring = new analyzerClients.AnalyzerClient(
      `127.0.0.1:${port}`,
      grpc.credentials.createInsecure(),
    );
    const request = new analyzer.AnalyzerStackConfigureRequest();
    request.getConfigMap().set("skyloom:policies", '{"maximumGpuNodes":-1}');
    await assert.rejects(answer((callback) => configuring.configureStack(request, callback)));
    configuring.close();
    if (other.exitCode === null) await once(other, "close");
    assert.match(text, /^wrong configuration of the policies:\n {2}skyloom:policies.maximumGpuNodes: /);
  });

  it("does not start with what it cannot read, and says what and where", async () => {
    const wrong = join(folder, "wrong.yaml");
    writeFileSync(
      wrong,
      "waivers:\n  - rule: gcs-forbid-everything\n    resource: a\n    reason: b\n    owner: c\n",
    );
    const refused = start({
      PULUMI_CONFIG: JSON.stringify({ "skyloom:policies": JSON.stringify({ waivers: wrong }) }),
    });
    let text = "";
    refused.stderr?.on("data", (chunk) => {
      text += chunk;
    });
    const [status] = await once(refused, "close");
    assert.equal(status, 1);
    assert.deepEqual(text.trim().split("\n"), [
      `${wrong}:2: waivers[0].rule is no rule that can be waived: docs/policies.md lists them`,
      `${wrong}:2: waivers[0].expires must be a date such as 2027-01-31`,
    ]);
  });
});
