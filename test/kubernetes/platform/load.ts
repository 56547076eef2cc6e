import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Cluster } from "../cluster.ts";
import { required } from "../required.ts";
import { type Forwarded, forward } from "./forward.ts";

export interface LoadSummary {
  /** Requests, those that were retried counted once. */
  sent: number;
  retried: number;
  failures: string[];
  /** Answers by version of the model. */
  versions: Record<string, number>;
  medianMilliseconds: number;
  p95Milliseconds: number;
  /** Ids of messages and runs that were accepted. */
  jobs: string[];
  runs: string[];
}

export interface LoadSettings {
  namespace: string;
  token: string;
  model: string;
  /** Default 0. */
  retries?: number;
  /** Default: none. */
  jobsPerSecond?: number;
  runsPerSecond?: number;
}

/** Whom the runtime's network policy lets in. */
const LABELS = { "app.kubernetes.io/name": "gateway", "app.kubernetes.io/part-of": "skyloom" };
const PORT = 9000;
const script = readFileSync(join(import.meta.dirname, "load-generator.mjs"), "utf8");

/** A Job in the cluster that asks the runtime through its Service until it is stopped. */
export class Load {
  readonly #cluster: Cluster;
  readonly #namespace: string;
  readonly #name: string;
  #control: Forwarded | undefined;

  constructor(cluster: Cluster, namespace: string, name: string) {
    this.#cluster = cluster;
    this.#namespace = namespace;
    this.#name = name;
  }

  /** Resolves when requests are being answered. */
  async start(settings: LoadSettings): Promise<void> {
    const metadata = { name: this.#name, namespace: this.#namespace };
    await this.#cluster.create({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata,
      data: { "load-generator.mjs": script },
    });
    await this.#cluster.create({
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata,
      spec: {
        podSelector: { matchLabels: { load: this.#name } },
        policyTypes: ["Egress", "Ingress"],
        egress: [{}],
        ingress: [{}],
      },
    });
    await this.#cluster.create({ apiVersion: "batch/v1", kind: "Job", metadata, spec: this.#job(settings) });
    this.#control = await forward(this.#cluster, this.#namespace, `load=${this.#name}`, PORT);
    await this.#cluster.until(
      async () => Object.keys((await this.soFar())?.versions ?? {}).length > 0,
      "the load generator's first answer",
      120,
    );
  }

  /** Undefined while it starts. */
  async soFar(): Promise<LoadSummary | undefined> {
    try {
      return (await (await fetch(`${this.#control?.url}/`)).json()) as LoadSummary;
    } catch {
      return undefined;
    }
  }

  async stop(): Promise<LoadSummary> {
    const response = await fetch(`${this.#control?.url}/`, { method: "POST" });
    const summary = (await response.json()) as LoadSummary;
    this.#control?.close();
    for (const [apiVersion, kind] of [
      ["batch/v1", "Job"],
      ["v1", "ConfigMap"],
      ["networking.k8s.io/v1", "NetworkPolicy"],
    ] as const)
      await this.#cluster.delete(apiVersion, kind, this.#namespace, this.#name);
    return summary;
  }

  #job({ namespace, token, model, retries = 0, jobsPerSecond = 0, runsPerSecond = 0 }: LoadSettings) {
    const environment = {
      TARGET: `http://runtime.${namespace}.svc:8080`,
      TOKEN: token,
      MODEL: model,
      RETRIES: String(retries),
      JOBS_PER_SECOND: String(jobsPerSecond),
      RUNS_PER_SECOND: String(runsPerSecond),
    };
    return {
      backoffLimit: 0,
      template: {
        metadata: { labels: { ...LABELS, load: this.#name } },
        spec: {
          restartPolicy: "Never",
          automountServiceAccountToken: false,
          securityContext: {
            runAsNonRoot: true,
            runAsUser: 10001,
            seccompProfile: { type: "RuntimeDefault" },
          },
          containers: [
            {
              name: "load",
              image: required("TEST_IMAGE"),
              command: ["node", "/load/load-generator.mjs"],
              env: Object.entries(environment).map(([name, value]) => ({ name, value })),
              resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { memory: "512Mi" } },
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ["ALL"] },
              },
              readinessProbe: { tcpSocket: { port: PORT }, periodSeconds: 1 },
              volumeMounts: [{ name: "load", mountPath: "/load" }],
            },
          ],
          volumes: [{ name: "load", configMap: { name: this.#name } }],
        },
      },
    };
  }
}
