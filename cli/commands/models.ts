import type { KeyObject } from "node:crypto";
import { readFile } from "node:fs/promises";
import { type Command, InvalidArgumentError } from "commander";
import { errorMessage } from "../../runtime/errors.ts";
import type { ModelStatus } from "../../runtime/inference/inference.ts";
import { publicKeyOf, readSigningKey } from "../../runtime/inference/model-signature.ts";
import type { ObjectStore } from "../../runtime/object-store/object-store.ts";
import {
  begin,
  type CommonOptions,
  type RuntimeOptions,
  withCommonOptions,
  withRuntimeOptions,
} from "../options.ts";
import { CannotRun, styled, table } from "../output.ts";
import { stackOutputs } from "../pulumi.ts";
import { connect } from "../runtime-client.ts";

interface BucketOptions extends CommonOptions {
  bucket?: string;
}

export function addModelsCommand(program: Command): void {
  const models = program.command("models").description("the models that a stack serves");
  withRuntimeOptions(models.command("list")).description("models and their state").action(listModels);
  withBucketOptions(models.command("publish <path>"))
    .description(
      "publish an ONNX file, or a folder with model.onnx and, where more is to be said, model.json; it becomes current",
    )
    .option("--name <name>", "default: that of model.json, else of the file or folder")
    .option("--sign <keyfile>", "sign the version with this ed25519 private key, a PEM file")
    .action(publish);
  withBucketOptions(models.command("import <url>"))
    .description(
      "publish a model from https://…/NAME.onnx, from a manifest.json of another repository, or from bucket:KEY",
    )
    .option("--name <name>", "default: that of the manifest or of model.json, else of the file or folder")
    .option("--sha256 <digits>", "what the file that the URL names must have")
    .option("--sign <keyfile>", "sign the version with this ed25519 private key, a PEM file")
    .option("--allow-private <addresses>", "addresses, networks and hosts, by commas, beside public ones", "")
    .action(importFrom);
  withBucketOptions(models.command("show <name>"))
    .description("versions, aliases and version policy of a model")
    .action(show);
  withBucketOptions(models.command("alias"))
    .argument("<name>")
    .argument("<alias>", "e.g. stable")
    .argument("[version]", "a whole number from 1; without it the alias is removed", parseVersion)
    .description("give a version a name by which it can be asked for")
    .action(alias);
  withBucketOptions(models.command("policy"))
    .argument("<name>")
    .argument("<policy>", "all, latest or specific")
    .argument("[versions...]", "latest: how many; specific: which", parseVersions)
    .description("which versions may be asked for besides the current one and those with an alias")
    .action(policy);
  withCommonOptions(models.command("key <keyfile>"))
    .description("the public key of a private one, as skyloom:modelKeys takes it")
    .action(printKey);
  withBucketOptions(models.command("select"))
    .argument("<name>")
    .argument("<version>", "a whole number from 1", parseVersion)
    .description("make a version that is there the current one, e.g. to go back")
    .action(select);
}

/** @throws ApiError `invalid-key` (400), CannotRun */
function readKeyFile(file: string): Promise<KeyObject> {
  return readFile(file).then(readSigningKey, (error) => {
    throw new CannotRun(`${file} cannot be read: ${errorMessage(error)}`);
  });
}

async function printKey(file: string, options: CommonOptions): Promise<void> {
  const output = begin(options);
  const publicKey = publicKeyOf(await readKeyFile(file));
  output.document({ publicKey });
  output.line(publicKey);
}

function withBucketOptions(command: Command): Command {
  return withCommonOptions(command).option(
    "--bucket <url>",
    "where the models are, as SKYLOOM_BUCKET takes it; default: the stack's. Its login comes from the environment",
  );
}

async function listModels(options: RuntimeOptions): Promise<void> {
  const output = begin(options);
  const { client } = await connect(options);
  const answer = await client.request<{ models: ModelStatus[] }>("GET", "/v2/models");
  output.document(answer);
  if (output.json) return;
  const rows = answer.models.map((model) => [model.name, model.version, model.state, model.reason]);
  output.line(table([["MODEL", "VERSION", "STATE", "REASON"], ...rows]));
}

async function publish(
  path: string,
  options: BucketOptions & { name?: string; sign?: string },
): Promise<void> {
  const output = begin(options);
  // Loaded when asked for: it brings ONNX Runtime.
  const [{ readModelFolder }, { publishModel }] = await Promise.all([
    import("../../runtime/inference/read-model-folder.ts"),
    import("../../runtime/inference/publish-model.ts"),
  ]);
  const signingKey = options.sign === undefined ? undefined : await readKeyFile(options.sign);
  const model = await readModelFolder(path, options.name);
  const { version } = await publishModel(await openBucket(options), model, { signingKey });
  output.document({ model: model.name, version, inputs: model.inputs, outputs: model.outputs });
  output.line(`${styled("green", "✓")} model ${model.name} version ${version} is published and current`);
}

async function select(name: string, version: number, options: BucketOptions): Promise<void> {
  const output = begin(options);
  const { selectVersion } = await import("../../runtime/inference/model-pointer.ts");
  const before = await selectVersion(await openBucket(options), name, version);
  output.document({ model: name, version, before });
  output.line(`${styled("green", "✓")} model ${name} serves version ${version}; before it was ${before}`);
}

async function importFrom(
  url: string,
  options: BucketOptions & { name?: string; sha256?: string; sign?: string; allowPrivate: string },
): Promise<void> {
  const output = begin(options);
  const [{ importModel }, { createOutbound }, { allowedEntryProblem }] = await Promise.all([
    import("../../runtime/inference/importing/import-model.ts"),
    import("../../runtime/outbound/create-outbound.ts"),
    import("../../runtime/outbound/address-rules.ts"),
  ]);
  const allowed = options.allowPrivate.split(",").filter((entry) => entry !== "");
  const problem = allowed.map(allowedEntryProblem).find((message) => message !== undefined);
  if (problem !== undefined) throw new CannotRun(`--allow-private: ${problem}`);
  const signingKey = options.sign === undefined ? undefined : await readKeyFile(options.sign);
  const store = await openBucket(options);
  const outbound = createOutbound({ allowPrivateAddresses: allowed });
  try {
    const request = { url, name: options.name, sha256: options.sha256 };
    const { name, version, inputs, outputs } = await importModel(request, { store, outbound, signingKey });
    output.document({ model: name, version, inputs, outputs });
    output.line(`${styled("green", "✓")} model ${name} version ${version} is published and current`);
  } finally {
    await outbound.close();
  }
}

async function show(name: string, options: BucketOptions): Promise<void> {
  const output = begin(options);
  const { listVersions, modelNotFound, readPointer } = await import("../../runtime/inference/read-models.ts");
  const store = await openBucket(options);
  const pointer = await readPointer(store, name);
  if (pointer === undefined) throw modelNotFound(name);
  const { version: current, aliases, versionPolicy = "all" } = pointer;
  const versions = await listVersions(store, name);
  output.document({ model: name, version: current, aliases, versionPolicy, versions });
  if (output.json) return;
  const rows = versions.map((version) => [
    String(version),
    [
      ...(version === current ? ["current"] : []),
      ...Object.keys(aliases).filter((alias) => aliases[alias] === version),
    ].join(", "),
  ]);
  output.line(table([["VERSION", "NAMES"], ...rows]));
  output.line(`version policy: ${JSON.stringify(versionPolicy)}`);
}

async function alias(
  name: string,
  aliasName: string,
  version: number | undefined,
  options: BucketOptions,
): Promise<void> {
  const output = begin(options);
  const { setAlias } = await import("../../runtime/inference/model-pointer.ts");
  const { aliases } = await setAlias(await openBucket(options), name, aliasName, version);
  output.document({ model: name, aliases });
  const done = version === undefined ? "is no version any more" : `is version ${version}`;
  output.line(`${styled("green", "✓")} ${aliasName} of model ${name} ${done}`);
}

async function policy(
  name: string,
  kind: string,
  versions: number[] | undefined,
  options: BucketOptions,
): Promise<void> {
  const output = begin(options);
  const { setVersionPolicy } = await import("../../runtime/inference/model-pointer.ts");
  const asked = policyOf(kind, versions ?? []);
  const { versionPolicy } = await setVersionPolicy(await openBucket(options), name, asked);
  output.document({ model: name, versionPolicy });
  output.line(`${styled("green", "✓")} version policy of model ${name}: ${JSON.stringify(versionPolicy)}`);
}

function policyOf(kind: string, versions: number[]): unknown {
  if (kind === "all" && versions.length === 0) return "all";
  if (kind === "latest" && versions.length === 1) return { latest: versions[0] };
  if (kind === "specific" && versions.length > 0) return { specific: versions };
  throw new CannotRun("the policy must be all, latest COUNT or specific VERSION…");
}

function parseVersions(text: string, before: number[] | undefined): number[] {
  return [...(before ?? []), ...text.split(",").map(parseVersion)];
}

function parseVersion(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("versions are whole numbers from 1.");
}

async function openBucket({ stack, bucket }: BucketOptions): Promise<ObjectStore> {
  const url = bucket ?? (await stackOutputs({ stack, offline: false })).bucket;
  if (url === undefined)
    throw new CannotRun(`${stack} has no bucket: it is not up; or name one with --bucket`);
  const { createObjectStore } = await import("../../runtime/object-store/create-object-store.ts");
  return await createObjectStore(String(url));
}
