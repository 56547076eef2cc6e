import {
  KubeConfig,
  type KubernetesObject,
  KubernetesObjectApi,
  PatchStrategy,
} from "@kubernetes/client-node";

type Loose = KubernetesObject & {
  // biome-ignore lint/suspicious/noExplicitAny: tests read the objects of many kinds
  [property: string]: any;
};

/** The cluster of KUBECONFIG as another client sees it: a test looks and interferes through the library alone. */
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

  async create(object: Loose): Promise<void> {
    await this.#api.create(object, undefined, undefined, "someone-else");
  }

  /** A change by another field manager. */
  async patch(object: Loose, manager = "someone-else"): Promise<void> {
    await this.#api.patch(object, undefined, undefined, manager, undefined, PatchStrategy.MergePatch);
  }

  async delete(apiVersion: string, kind: string, namespace: string, name: string): Promise<void> {
    await this.#api.delete({ apiVersion, kind, metadata: { name, namespace } });
  }

  async makeNamespace(name: string, labels: { [label: string]: string }): Promise<void> {
    await this.#api.create({ apiVersion: "v1", kind: "Namespace", metadata: { name, labels } });
  }

  async deleteNamespace(name: string): Promise<void> {
    if (await this.get("v1", "Namespace", "", name)) await this.delete("v1", "Namespace", "", name);
  }
}
