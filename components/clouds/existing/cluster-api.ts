import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import {
  ApiException,
  ApiextensionsV1Api,
  AuthorizationV1Api,
  CoreV1Api,
  KubeConfig,
  StorageV1Api,
  VersionApi,
} from "@kubernetes/client-node";
import type { ExistingSettings } from "./settings.ts";

/** Which cluster, and how to reach it. */
export interface ClusterAccess {
  /** Of the kubeconfig; the official provider takes several as KUBECONFIG does. */
  path: string;
  context: string;
  /** The same while it is the same cluster, however one logs in. */
  identifier: string;
  /** For messages. */
  description: string;
}

/** What the preflight asks the cluster; each may throw what the API server says. */
export interface ClusterApi {
  access: ClusterAccess;
  version(): Promise<string>;
  /** Whether this login may do that, in the namespace or, without one, in the whole cluster. */
  may(attributes: { verb: string; group: string; resource: string; namespace?: string }): Promise<boolean>;
  hasNamespace(name: string): Promise<boolean>;
  hasSecret(namespace: string, name: string): Promise<boolean>;
  storageClasses(): Promise<{ name: string; isDefault: boolean }[]>;
  hasCustomResource(name: string): Promise<boolean>;
  /** GPUs of each node that has these labels. */
  gpusOfNodes(labels: Record<string, string>): Promise<number[]>;
}

/**
 * Reads the kubeconfig.
 * @throws Error that names the setting and what is there.
 */
export function openCluster({ kubeconfig, context }: ExistingSettings): ClusterApi {
  const setting = "skyloom:existing.kubeconfig";
  const path = kubeconfig ?? process.env.KUBECONFIG ?? join(homedir(), ".kube", "config");
  const missing = path.split(delimiter).filter((one) => one !== "" && !existsSync(one));
  if (missing.length > 0) throw new Error(`${setting}: there is no file ${missing.join(", ")}`);
  const config = new KubeConfig();
  try {
    for (const [index, one] of path.split(delimiter).filter(Boolean).entries()) {
      const part = index === 0 ? config : new KubeConfig();
      part.loadFromFile(one);
      if (part !== config) config.mergeConfig(part, true);
    }
  } catch (error) {
    // Its first line only: the rest is an excerpt, which may hold a token.
    throw new Error(`${setting}: ${path} is no kubeconfig: ${(error as Error).message.split("\n")[0]}`);
  }
  if (context !== undefined && config.getContextObject(context) === null)
    throw new Error(
      `skyloom:existing.context: ${path} has no context "${context}"; it has ${config
        .getContexts()
        .map(({ name }) => name)
        .join(", ")}`,
    );
  if (context !== undefined) config.setCurrentContext(context);
  const cluster = config.getCurrentCluster();
  if (cluster === null)
    throw new Error(`skyloom:existing.context: is not set, and ${path} has no current context`);
  const current = config.getCurrentContext();
  return askCluster(config, {
    path,
    context: current,
    identifier: cluster.server,
    description: `cluster ${cluster.name} (${cluster.server}), context ${current}`,
  });
}

function askCluster(config: KubeConfig, access: ClusterAccess): ClusterApi {
  const core = config.makeApiClient(CoreV1Api);
  return {
    access,
    version: async () => (await config.makeApiClient(VersionApi).getCode()).gitVersion,
    async may({ namespace, ...attributes }) {
      const resourceAttributes = { ...attributes, ...(namespace !== undefined && { namespace }) };
      const body = { spec: { resourceAttributes } };
      const review = await config.makeApiClient(AuthorizationV1Api).createSelfSubjectAccessReview({ body });
      return review.status?.allowed === true;
    },
    hasNamespace: (name) => isThere(core.readNamespace({ name })),
    hasSecret: (namespace, name) => isThere(core.readNamespacedSecret({ namespace, name })),
    async storageClasses() {
      const { items } = await config.makeApiClient(StorageV1Api).listStorageClass();
      return items.map(({ metadata }) => ({
        name: metadata?.name ?? "",
        isDefault: metadata?.annotations?.["storageclass.kubernetes.io/is-default-class"] === "true",
      }));
    },
    async hasCustomResource(name) {
      const { items } = await config.makeApiClient(ApiextensionsV1Api).listCustomResourceDefinition();
      return items.some(({ metadata }) => metadata?.name === name);
    },
    async gpusOfNodes(labels) {
      const labelSelector = Object.entries(labels)
        .map(([name, value]) => `${name}=${value}`)
        .join(",");
      const { items } = await core.listNode({ labelSelector });
      return items.map(({ status }) => Number(status?.allocatable?.["nvidia.com/gpu"] ?? 0));
    },
  };
}

async function isThere(asked: Promise<unknown>): Promise<boolean> {
  try {
    await asked;
    return true;
  } catch (error) {
    if (error instanceof ApiException && error.code === 404) return false;
    throw error;
  }
}
