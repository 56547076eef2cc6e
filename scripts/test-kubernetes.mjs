// `npm run test:kubernetes`: what the project puts into a cluster, on a real one, the one that KUBECONFIG names. Each
// suite works in a namespace of its own and takes it away again.
// Arguments: parts of file names to run only those suites, e.g. `npm run test:kubernetes -- lifecycle`.
import { KubeConfig, VersionApi } from "@kubernetes/client-node";
import Mocha from "mocha";
import { createMatrix, findSuites, runSuites } from "./test-matrix.mjs";

const SUITES = ["test/kubernetes/**/*.suite.ts"];
/** Each engine waits as much as it computes. */
const JOBS = 2;
const NO_CLUSTER = 2;

function refuse(problem) {
  console.error(
    [
      problem,
      "These tests need a cluster. One on this machine, with kind (https://kind.sigs.k8s.io) and Docker:",
      "  kind create cluster --name skyloom-test",
      "  kind get kubeconfig --name skyloom-test > kubeconfig && export KUBECONFIG=$PWD/kubeconfig",
      "  npm run test:kubernetes",
      "Any other cluster does as well on which the user may make namespaces and definitions.",
    ].join("\n"),
  );
  process.exit(NO_CLUSTER);
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

const files = findSuites(SUITES, process.argv.slice(2));
await assertCluster();
process.exit(
  (await runSuites({ Mocha, files, jobs: JOBS, matrices: [createMatrix("cloud contract: ")] })) ? 0 : 1,
);
