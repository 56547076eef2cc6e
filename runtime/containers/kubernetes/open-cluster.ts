import { existsSync, readFileSync } from "node:fs";
import { BatchV1Api, CoreV1Api, KubeConfig, Log } from "@kubernetes/client-node";
import { ApiError, errorMessage } from "../../errors.ts";

const namespaceFile = "/var/run/secrets/kubernetes.io/serviceaccount/namespace";

/** Clients of the cluster that this process is in, or that its kubeconfig names. */
export interface OpenCluster {
  batch: BatchV1Api;
  core: CoreV1Api;
  logs: Log;
  namespace: string;
}

/**
 * @param namespace default: that of the pod or of the kubeconfig's context, else `default`
 * @throws ApiError `invalid-configuration`
 */
export function openCluster(namespace: string | undefined): OpenCluster {
  const config = new KubeConfig();
  try {
    config.loadFromDefault();
    const context = config.getContextObject(config.getCurrentContext());
    const own = existsSync(namespaceFile) ? readFileSync(namespaceFile, "utf8").trim() : context?.namespace;
    return {
      batch: config.makeApiClient(BatchV1Api),
      core: config.makeApiClient(CoreV1Api),
      logs: new Log(config),
      namespace: namespace ?? own ?? "default",
    };
  } catch (error) {
    throw new ApiError(`no cluster for containers: ${errorMessage(error)}; set KUBECONFIG`, {
      status: 500,
      code: "invalid-configuration",
      cause: error,
    });
  }
}
