#!/usr/bin/env node
// Stand-in for Pulumi's Node.js language host, used only where the official one cannot be downloaded.
// Set-up copies it beside the Pulumi command line as `pulumi-language-nodejs`; the engine starts it, reads the
// port that it prints, and asks it over gRPC to run programs and policy packs.
// Protocol: proto/pulumi/language.proto of github.com/pulumi/pulumi, in the npm package @pulumi/pulumi.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { connect } from "node:net";
import { delimiter, dirname, join, parse } from "node:path";

const ALREADY_REPORTED = 32; // exit status of @pulumi/pulumi/cmd/run when the program told the engine itself

const workspace = nearestFolderWith(process.cwd(), "node_modules/@pulumi/pulumi/package.json");
if (!workspace) {
  process.stderr.write(`no @pulumi/pulumi in ${process.cwd()} or above: run npm ci first\n`);
  process.exit(1);
}
const sdk = createRequire(join(workspace, "node_modules/@pulumi/pulumi/package.json"));
const grpc = sdk("@grpc/grpc-js");
const { Empty } = sdk("google-protobuf/google/protobuf/empty_pb.js");
const language = sdk("./proto/language_pb.js");
const plugin = sdk("./proto/plugin_pb.js");
const { LanguageRuntimeService } = sdk("./proto/language_grpc_pb.js");
const sdkVersion = sdk("./package.json").version;

function nearestFolderWith(start, file) {
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, file))) return folder;
    if (folder === parse(folder).root) return undefined;
  }
}

/** The project's own Node where it pins one, else the one on the PATH. */
function nodeFor(folder) {
  const bin = nearestFolderWith(folder, "node_modules/.bin/node");
  return bin ? join(bin, "node_modules/.bin/node") : process.execPath;
}

function start(command, cwd, args, environment) {
  const node = nodeFor(cwd);
  const path = `${dirname(node)}${delimiter}${process.env.PATH ?? ""}`;
  const script = sdk.resolve(`./cmd/${command}`);
  return spawn(node, [script, ...args], {
    cwd,
    env: { ...process.env, ...environment, PATH: path },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

const children = new Set();
function track(child) {
  children.add(child);
  child.once("close", () => children.delete(child));
  return child;
}

function run(call, reply) {
  const request = call.request;
  const response = new language.RunResponse();
  const args = [
    ["--monitor", request.getMonitorAddress()],
    ["--engine", engineAddress],
    ["--project", request.getProject()],
    ["--stack", request.getStack()],
    ["--pwd", request.getPwd()],
    ["--parallel", String(request.getParallel())],
    ["--organization", request.getOrganization()],
    request.getDryrun() ? ["--dry-run"] : [],
    request.getQuerymode() ? ["--query-mode"] : [],
    [join(request.getInfo().getProgramDirectory(), request.getInfo().getEntryPoint())],
    request.getArgsList(),
  ]
    .filter(([flag, value]) => !(flag?.startsWith("--") && value === ""))
    .flat();
  const child = track(
    start("run", request.getPwd(), args, {
      PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().toObject())),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
    }),
  );
  child.stdout.pipe(process.stdout, { end: false });
  child.stderr.pipe(process.stderr, { end: false });
  child.once("error", (error) => reply({ code: grpc.status.INTERNAL, message: error.message }));
  child.once("close", (code, signal) => {
    if (code === ALREADY_REPORTED) response.setBail(true);
    else if (code !== 0) response.setError(`the program ended with ${signal ?? `exit status ${code}`}`);
    reply(null, response);
  });
}

/** Policy packs and components written in Node: their output goes to the engine, which reads a port from it. */
function runPlugin(call) {
  const request = call.request;
  const command = request.getKind() === "analyzer" ? "run-policy-pack" : "run-plugin";
  const folder = request.getInfo()?.getProgramDirectory() || request.getPwd();
  const args = command === "run-policy-pack" ? [engineAddress, folder] : [folder, ...request.getArgsList()];
  const environment = Object.fromEntries(
    request
      .getEnvList()
      .map((entry) => [entry.slice(0, entry.indexOf("=")), entry.slice(entry.indexOf("=") + 1)]),
  );
  const child = track(start(command, folder, args, environment));
  const send = (set) => {
    const message = new language.RunPluginResponse();
    set(message);
    call.write(message);
  };
  child.stdout.on("data", (chunk) => send((message) => message.setStdout(chunk)));
  child.stderr.on("data", (chunk) => send((message) => message.setStderr(chunk)));
  child.once("close", (code) => {
    send((message) => message.setExitcode(code ?? 1));
    call.end();
  });
  call.once("cancelled", () => child.kill());
}

function pluginInfo(_call, reply) {
  const info = new plugin.PluginInfo();
  info.setVersion(sdkVersion);
  reply(null, info);
}

function about(_call, reply) {
  const response = new language.AboutResponse();
  response.setExecutable(nodeFor(workspace));
  response.setVersion(process.version);
  reply(null, response);
}

const answer = (Response) => (_call, reply) => reply(null, new Response());
let engineAddress = process.argv.slice(2).find((argument) => !argument.startsWith("-")) ?? "";

const server = new grpc.Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
const unimplemented = (_call, reply) =>
  reply({
    code: grpc.status.UNIMPLEMENTED,
    message: "not part of this stand-in for the Node.js language host",
  });
server.addService(LanguageRuntimeService, {
  ...Object.fromEntries(Object.keys(LanguageRuntimeService).map((name) => [name, unimplemented])),
  handshake(call, reply) {
    engineAddress = call.request.getEngineAddress() || engineAddress;
    reply(null, new language.LanguageHandshakeResponse());
  },
  getPluginInfo: pluginInfo,
  getRequiredPlugins: answer(language.GetRequiredPluginsResponse),
  getRequiredPackages: answer(language.GetRequiredPackagesResponse),
  getProgramDependencies: answer(language.GetProgramDependenciesResponse),
  runtimeOptionsPrompts: answer(language.RuntimeOptionsResponse),
  installDependencies: (call) => call.end(),
  about,
  run,
  runPlugin,
  cancel(_call, reply) {
    for (const child of children) child.kill();
    reply(null, new Empty());
  },
});
// An engine that was killed cannot say so: then this process gets another parent. One that was killed before this
// line was reached has left its address.
const engineProcess = process.ppid;
function end() {
  for (const child of children) child.kill();
  process.exit(0);
}
setInterval(() => {
  if (process.ppid !== engineProcess) end();
}, 1000).unref();
if (engineAddress !== "") {
  const [host, port] = engineAddress.split(/:(?=\d+$)/);
  connect({ host, port: Number(port) }, function close() {
    this.destroy();
  }).once("error", end);
}
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) {
    process.stderr.write(`cannot listen on loopback: ${error.message}\n`);
    process.exit(1);
  }
  process.stdout.write(`${port}\n`);
});
