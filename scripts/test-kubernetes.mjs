// `npm run test:kubernetes`: what the project puts into a cluster, on a real one, the one that KUBECONFIG names. Each
// suite works in a namespace of its own and takes it away again. The suites of the platform want besides
//   TEST_REGISTRY       registry, such as 198.18.0.1:5000, that this machine pushes to and the cluster's nodes pull from;
//                       one without TLS is also named in SKYLOOM_INSECURE_REGISTRIES, for a Docker Engine of our own
//   TEST_IMAGE          instead: the runtime's image, REPOSITORY@sha256:…, in such a registry
//   TEST_SHELL_IMAGE    instead of an image with a shell that is pushed there: for the suites of containers
//   TEST_HOST_ADDRESS   address of this machine under which pods reach it: the emulator of S3 and SQS listens there
//   TEST_KILL_SECONDS   how long pods are killed, default 60
// Arguments: parts of file names to run only those suites, e.g. `npm run test:kubernetes -- lifecycle`.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { KubeConfig, VersionApi } from "@kubernetes/client-node";
import Mocha from "mocha";
import { pushShellImage } from "../test/shell-image.ts";
import moto from "./emulators/moto.mjs";
import { nodeBinary, projectFolder, stateFolder } from "./project.mjs";
import { createMatrix, findSuites, runSuites } from "./test-matrix.mjs";

const SUITES = ["test/kubernetes/**/*.suite.ts"];
/** Their loads and times want the machine for themselves. */
const ALONE = /\/kubernetes\/platform\//;
/** They run an image with a shell. */
const CONTAINERS = /\/kubernetes\/containers\/(contract|container-tasks)/;
/** Each engine waits as much as it computes. */
const JOBS = 2;
const CANNOT_RUN = 2;

function refuse(problem) {
  console.error(
    [
      problem,
      "These tests need a cluster. One on this machine, with kind (https://kind.sigs.k8s.io) and Docker:",
      "  kind create cluster --name skyloom-test",
      "  kind get kubeconfig --name skyloom-test > kubeconfig && export KUBECONFIG=$PWD/kubeconfig",
      "a registry that its nodes pull from (https://kind.sigs.k8s.io/docs/user/local-registry), and KEDA",
      "(https://keda.sh/docs/2.17/deploy):",
      "  export TEST_REGISTRY=ADDRESS:PORT TEST_HOST_ADDRESS=ADDRESS OF THIS MACHINE AS PODS REACH IT",
      "  npm run test:kubernetes",
      "Any other cluster does as well on which the user may make namespaces and definitions. Without registry and",
      "address some of it can be tested: npm run test:kubernetes -- provider release",
    ].join("\n"),
  );
  process.exit(CANNOT_RUN);
}

async function assertCluster() {
  if (!process.env.KUBECONFIG) refuse("KUBECONFIG is not set.");
  const config = new KubeConfig();
  try {
    config.loadFromDefault();
    const { gitVersion } = await config.makeApiClient(VersionApi).getCode();
    console.log(`Kubernetes ${gitVersion} at ${config.getCurrentCluster()?.server}`);
  } catch (error) {
    const cause =
      error instanceof Error && error.cause instanceof Error ? error.cause.message : error.message;
    refuse(`The cluster of KUBECONFIG=${process.env.KUBECONFIG} does not answer: ${cause}`);
  }
}

function assertShellImageSettings() {
  const { TEST_SHELL_IMAGE, TEST_REGISTRY } = process.env;
  if (!TEST_SHELL_IMAGE && !TEST_REGISTRY) refuse("Neither TEST_REGISTRY nor TEST_SHELL_IMAGE is set.");
}

function assertPlatformSettings() {
  const { TEST_IMAGE, TEST_REGISTRY, TEST_HOST_ADDRESS } = process.env;
  if (!TEST_IMAGE && !TEST_REGISTRY) refuse("Neither TEST_REGISTRY nor TEST_IMAGE is set.");
  if (!TEST_HOST_ADDRESS) refuse("TEST_HOST_ADDRESS is not set.");
}

/** @returns the image in the registry, by its digest */
function pushImage() {
  const repository = `${process.env.TEST_REGISTRY}/skyloom/runtime`;
  const args = [join(projectFolder, "scripts", "image.mjs"), "--push", repository, "--json"];
  const { status, stdout } = spawnSync(nodeBinary, args, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (status !== 0) throw new Error("the runtime's image could not be made; see above");
  const { pushed, compressedBytes } = JSON.parse(stdout);
  console.log(`image ${pushed}, ${Math.round(compressedBytes / 1e6)} MB compressed`);
  return pushed;
}

/** Bucket and queue that the pods and the tests reach under the same address. @returns stops it */
async function startStorage() {
  const cacheFolder = join(stateFolder, "emulators");
  mkdirSync(cacheFolder, { recursive: true });
  const dataFolder = mkdtempSync(join(cacheFolder, "data-"));
  const { environment, stop } = await moto.start({
    cacheFolder,
    dataFolder,
    host: process.env.TEST_HOST_ADDRESS,
  });
  Object.assign(process.env, environment);
  return async () => {
    await stop();
    rmSync(dataFolder, { recursive: true, force: true });
  };
}

const files = findSuites(SUITES, process.argv.slice(2));
const alone = files.filter((file) => ALONE.test(file));
const others = files.filter((file) => !ALONE.test(file));
await assertCluster();
if (alone.length > 0) assertPlatformSettings();
const runsContainers = others.some((file) => CONTAINERS.test(file));
if (runsContainers) assertShellImageSettings();

let stopStorage = async () => undefined;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"])
  process.once(signal, async () => {
    await stopStorage();
    process.exit(130);
  });

let passed = true;
try {
  const matrices = [createMatrix("cloud contract: "), createMatrix("containers contract: ")];
  if (runsContainers)
    process.env.TEST_SHELL_IMAGE ??= await pushShellImage(`${process.env.TEST_REGISTRY}/skyloom/shell`);
  if (others.length > 0) passed = await runSuites({ Mocha, files: others, jobs: JOBS, matrices });
  if (alone.length > 0) {
    process.env.TEST_IMAGE ??= pushImage();
    stopStorage = await startStorage();
    passed = (await runSuites({ Mocha, files: alone, jobs: 1, matrices: [] })) && passed;
  }
} catch (error) {
  console.error(error.message);
  process.exitCode = CANNOT_RUN;
} finally {
  await stopStorage();
}
process.exit(process.exitCode ?? (passed ? 0 : 1));
