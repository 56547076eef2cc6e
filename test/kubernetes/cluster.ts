import {
  ApisApi,
  CoreV1Api,
  CustomObjectsApi,
  KubeConfig,
  type KubernetesObject,
  KubernetesObjectApi,
  PatchStrategy,
} from "@kubernetes/client-node";

type Loose = KubernetesObject & {
  // biome-ignore lint/suspicious/noExplicitAny: tests read the objects of many kinds
  [property: string]: any;
};

/** The cluster of KUBECONFIG as another client sees it: tests look and interfere through the library alone. */
export class Cluster {
  readonly config = new KubeConfig();
  readonly #api: KubernetesObjectApi;

  constructor() {
    this.config.loadFromDefault();
    this.#api = KubernetesObjectApi.makeApiClient(this.config);
  }

  async get(apiVersion: string, kind: string, namespace: string, name: string): Promise<Loose | undefined> {
    try {
      return await this.#api.read({ apiVersion, kind, metadata: { name, namespace } });
    } catch (error) {
      if ((error as { code?: number }).code === 404) return undefined;
      throw error;
    }
  }

  /** Asks until the object is as the test wants it. */
  async until(read: () => Promise<boolean>, what: string, seconds = 60): Promise<void> {
    for (let end = Date.now() + seconds * 1000; Date.now() < end; ) {
      if (await read()) return;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    throw new Error(`${what}: not within ${seconds} seconds`);
  }

  async create(object: Loose): Promise<void> {
    await this.#api.create(object, undefined, undefined, "someone-else");
  }

  /** A change by another field manager. */
  async patch(object: Loose, manager = "someone-else"): Promise<void> {
    await this.#api.patch(object, undefined, undefined, manager, undefined, PatchStrategy.MergePatch);
  }

  async delete(apiVersion: string, kind: string, namespace: string, name: string): Promise<void> {
    const object = { apiVersion, kind, metadata: { name, namespace } };
    // What it owns goes, too: the library's own default leaves the pods of a Job.
    await this.#api.delete(object, undefined, undefined, undefined, undefined, "Background");
  }

  /**
   * Every object of every kind in a namespace, and those of the whole cluster that speak of it, as `KIND NAME`; without
   * what the cluster itself notes down.
   */
  async everyObject(namespace: string): Promise<string[]> {
    const found = await Promise.all(
      (await this.#kinds()).map(async ({ apiVersion, kind, namespaced }) => {
        const { items } = await this.#api.list<Loose>(apiVersion, kind, namespaced ? namespace : undefined);
        return items
          .filter((item) => namespaced || JSON.stringify(item).includes(namespace))
          .map((item) => `${kind} ${item.metadata?.name}`);
      }),
    );
    return [...new Set(found.flat())].toSorted();
  }

  /** Kinds that can be listed, each in the version that the cluster prefers. */
  async #kinds(): Promise<{ apiVersion: string; kind: string; namespaced: boolean }[]> {
    const core = await this.config.makeApiClient(CoreV1Api).getAPIResources();
    const { groups } = await this.config.makeApiClient(ApisApi).getAPIVersions();
    const custom = this.config.makeApiClient(CustomObjectsApi);
    const lists = await Promise.all(
      groups.map(async ({ name, preferredVersion }) => {
        const { version = "", groupVersion = "" } = preferredVersion ?? {};
        const { resources } = await custom.getAPIResources({ group: name, version });
        return resources.map((resource) => ({ ...resource, apiVersion: groupVersion }));
      }),
    );
    return [...core.resources.map((resource) => ({ ...resource, apiVersion: "v1" })), ...lists.flat()].filter(
      ({ name, verbs, kind }) => verbs.includes("list") && !name.includes("/") && kind !== "Event",
    );
  }

  async makeNamespace(name: string, labels: { [label: string]: string } = {}): Promise<void> {
    await this.#api.create({ apiVersion: "v1", kind: "Namespace", metadata: { name, labels } });
    // Pods are refused until the controller has made it.
    const account = () => this.get("v1", "ServiceAccount", name, "default");
    await this.until(async () => (await account()) !== undefined, "the namespace's service account");
  }

  async deleteNamespace(name: string): Promise<void> {
    if (await this.get("v1", "Namespace", "", name)) await this.delete("v1", "Namespace", "", name);
  }

  /** An image that the nodes have already and that does nothing until it is stopped: that of every pod's own sandbox. */
  async idleImage(): Promise<string> {
    const { items } = await this.config.makeApiClient(CoreV1Api).listNode();
    const names = items.flatMap((node) => node.status?.images ?? []).flatMap((image) => image.names ?? []);
    const found = names.find((name) => /\/pause:/.test(name));
    if (!found) throw new Error(`no node has an image called pause; they have ${names.join(", ")}`);
    return found;
  }

  /** A kubeconfig of a service account that has the rights that the test gives it, none by default. */
  async kubeconfigOf(namespace: string, account: string): Promise<string> {
    await this.create({ apiVersion: "v1", kind: "ServiceAccount", metadata: { name: account, namespace } });
    const api = this.config.makeApiClient(CoreV1Api);
    const body = { spec: { audiences: [] as string[], expirationSeconds: 3600 } };
    const request = await api.createNamespacedServiceAccountToken({ name: account, namespace, body });
    return this.kubeconfigWith({ token: request.status?.token }, {});
  }

  /** The cluster's kubeconfig with another user and parts of the cluster's entry changed. */
  kubeconfigWith(user: object, cluster: object): string {
    const own = this.config.getCurrentCluster();
    const authority = own?.caData ? { "certificate-authority-data": own.caData } : {};
    return JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      "current-context": "it",
      contexts: [{ name: "it", context: { cluster: "the-cluster", user: "the-user" } }],
      clusters: [{ name: "the-cluster", cluster: { server: own?.server, ...authority, ...cluster } }],
      users: [{ name: "the-user", user }],
    });
  }
}
