import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import grpc from "@grpc/grpc-js";
import services from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import proto from "@pulumi/pulumi/proto/provider_pb.js";
import status from "@pulumi/pulumi/proto/status_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import { nodeBinary, projectFolder } from "../../scripts/project.mjs";
import { type Simulator, startSimulator } from "../../simulator/server.ts";
import { toWire } from "../../simulator/wire.ts";

const SECRET = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };

describe("the simulator's server", () => {
  const folder = mkdtempSync(join(tmpdir(), "simulator-"));
  const faults = join(folder, "faults.json");
  let simulator: Simulator;
  let client: {
    [method: string]: (
      request: unknown,
      done: (error: grpc.ServiceError | null, reply: never) => void,
    ) => void;
  };
  before(async () => {
    simulator = await startSimulator({ stateFolder: folder, faults });
    const Client = services.ResourceProviderClient as unknown as grpc.ServiceClientConstructor;
    client = new Client(`127.0.0.1:${simulator.port}`, grpc.credentials.createInsecure()) as never;
  });
  after(async () => {
    (client as unknown as grpc.Client).close();
    await simulator.close();
    rmSync(folder, { recursive: true });
  });

  function call<Reply>(method: string, request: unknown): Promise<Reply> {
    return new Promise((resolve, reject) => {
      client[method]?.(request, (error, reply) => (error ? reject(error) : resolve(reply)));
    });
  }

  function configure(name: string, config: { [key: string]: string }): Promise<proto.ConfigureResponse> {
    const request = new proto.ConfigureRequest();
    request.setUrn(`urn:pulumi:s::p::pulumi:providers:${name}::default`);
    request.setType(`pulumi:providers:${name}`);
    request.setArgs(toWire(config));
    return call("configure", request);
  }

  function check(type: string, inputs: object): Promise<proto.CheckResponse> {
    const request = new proto.CheckRequest();
    request.setUrn(`urn:pulumi:s::p::my:component:Stack$${type}::thing`);
    request.setNews(toWire(inputs as never));
    return call("check", request);
  }

  it("stands in for all providers on one port, with a version that suits every SDK", async () => {
    assert.equal(
      simulator.debugProviders,
      ["aws", "azure-native", "gcp", "kubernetes", "docker-build"]
        .map((name) => `${name}:${simulator.port}`)
        .join(","),
    );
    const info = await call<{ getVersion(): string }>("getPluginInfo", new empty.Empty());
    assert.match(info.getVersion(), /^\d+\.\d+\.\d+$/);
  });

  it("refuses a provider without region or project as the provider does", async () => {
    const environment = { ...process.env };
    for (const name of [
      "AWS_REGION",
      "AWS_DEFAULT_REGION",
      "GOOGLE_PROJECT",
      "GOOGLE_CLOUD_PROJECT",
      "GCLOUD_PROJECT",
    ])
      delete process.env[name];
    try {
      await assert.rejects(configure("aws", {}), /Missing region information/);
      await assert.rejects(
        configure("gcp", { region: "europe-west4" }),
        /project: required field is not set/,
      );
    } finally {
      Object.assign(process.env, environment);
    }
    const configured = await configure("aws", { region: "eu-west-1" });
    assert.equal(configured.getSupportspreview(), true);
  });

  it("refuses options that a provider does not have", async () => {
    const request = new proto.CheckRequest();
    request.setUrn("urn:pulumi:s::p::pulumi:providers:aws::default");
    request.setNews(
      toWire({
        regon: "x",
        skipCredentialsValidation: "true",
        defaultTags: '{"tags":{"a":"b"}}',
        version: "7.0.0",
      }),
    );
    const response = await call<proto.CheckResponse>("checkConfig", request);
    assert.deepEqual(
      response.getFailuresList().map((failure) => failure.getProperty()),
      ["regon"],
    );
  });

  it("unwraps secrets, and finds the type inside of a component's chain", async () => {
    await configure("aws", { region: "eu-west-1" });
    const response = await check("aws:sqs/queue:Queue", {
      name: { ...SECRET, value: "jobs" },
      visibilityTimeoutSeconds: { ...SECRET, value: "sixty" },
    });
    assert.deepEqual(
      response.getFailuresList().map((failure) => [failure.getProperty(), failure.getReason()]),
      [["visibilityTimeoutSeconds", 'expected a number, got string "sixty"']],
    );
  });

  it("tells the engine of a half-made resource in the status' details", async () => {
    writeFileSync(faults, JSON.stringify([{ operation: "create", kind: "half-created" }]));
    const request = new proto.CreateRequest();
    request.setUrn("urn:pulumi:s::p::aws:s3/bucket:Bucket::data");
    request.setProperties(toWire({ bucket: "half" }));
    const error = (await call("create", request).then(
      () => assert.fail("no error"),
      (reason) => reason,
    )) as grpc.ServiceError;
    const [details] = error.metadata.get("grpc-status-details-bin");
    const [detail] = status.Status.deserializeBinary(details as Buffer).getDetailsList();
    const failed = proto.ErrorResourceInitFailed.deserializeBinary(
      detail?.getValue_asU8() ?? new Uint8Array(),
    );
    assert.equal(failed.getId(), "half");
    assert.equal(failed.getReasonsList().length, 1);
  });

  it("keeps provider instances with different regions apart", async () => {
    const regions = ["eu-west-1", "us-east-1"];
    const Client = services.ResourceProviderClient as unknown as grpc.ServiceClientConstructor;
    const connections = regions.map(
      () =>
        new Client(`127.0.0.1:${simulator.port}`, grpc.credentials.createInsecure(), {
          "grpc.use_local_subchannel_pool": 1,
        }) as unknown as typeof client,
    );
    const send = <Reply>(index: number, method: string, request: unknown): Promise<Reply> =>
      new Promise((resolve, reject) => {
        connections[index]?.[method]?.(request, (error, reply) => (error ? reject(error) : resolve(reply)));
      });
    for (const [index, region] of regions.entries()) {
      const request = new proto.ConfigureRequest();
      request.setType("pulumi:providers:aws");
      request.setArgs(toWire({ region }));
      await send(index, "configure", request);
    }
    const arns = [];
    for (const [index, region] of regions.entries()) {
      const request = new proto.CreateRequest();
      request.setUrn(`urn:pulumi:s::p::aws:sqs/queue:Queue::${region}`);
      request.setProperties(toWire({ name: `jobs-${region}` }));
      const made = await send<proto.CreateResponse>(index, "create", request);
      arns.push(made.getProperties()?.toJavaScript().arn);
    }
    for (const connection of connections) (connection as unknown as grpc.Client).close();
    assert.deepEqual(arns, [
      "arn:aws:sqs:eu-west-1:123456789012:jobs-eu-west-1",
      "arn:aws:sqs:us-east-1:123456789012:jobs-us-east-1",
    ]);
  });

  it("names a provider that it does not stand in for", async () => {
    await assert.rejects(
      check("random:index/randomId:RandomId", {}),
      /no provider for 'random:index\/randomId:RandomId'/,
    );
  });

  it("is started by a command that prints its port and ends on SIGTERM", async () => {
    const state = join(folder, "by-command");
    const main = join(projectFolder, "simulator/main.ts");
    const options = ["--disable-warning=ExperimentalWarning", main, "--state", state];
    const child = spawn(nodeBinary, options, { stdio: ["ignore", "pipe", "inherit"] });
    const [output] = await once(child.stdout, "data");
    const [port, providers] = String(output).split("\n");
    assert.match(port ?? "", /^\d+$/);
    assert.match(providers ?? "", new RegExp(`^aws:${port},`));
    child.kill("SIGTERM");
    assert.deepEqual(await once(child, "exit"), [0, null]);
  });

  it("ends by itself when nobody has called for a while", async () => {
    const main = join(projectFolder, "simulator/main.ts");
    const child = spawn(
      nodeBinary,
      [
        "--disable-warning=ExperimentalWarning",
        main,
        "--state",
        join(folder, "idle"),
        "--idle-seconds",
        "0.1",
      ],
      { stdio: "ignore" },
    );
    assert.deepEqual(await once(child, "exit"), [0, null]);
  });

  it("says what is wrong with its command line", async () => {
    const child = spawn(nodeBinary, [join(projectFolder, "simulator/main.ts"), "--port", "x"], {
      stdio: "pipe",
    });
    let text = "";
    child.stderr.on("data", (chunk) => {
      text += chunk;
    });
    const [code] = await once(child, "close");
    assert.equal(code, 2);
    assert.match(text, /--state is missing\nusage:/);
  });
});
