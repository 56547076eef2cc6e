import { X509Certificate } from "node:crypto";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { bufferFromFileOrString, KubeConfig } from "@kubernetes/client-node";
import { ProviderError } from "../provider-error.ts";
import { type Properties, textAt } from "../values.ts";

type Environment = { [name: string]: string | undefined };

/** What the provider was given and what the kubeconfig says, put together. */
export interface Access {
  kubeConfig: KubeConfig;
  /** For messages: cluster, address and user. */
  description: string;
  /** The namespace of objects that name none. */
  namespace: string;
}

/**
 * Finds the cluster as the official provider does: the option `kubeconfig` (contents or a path), then $KUBECONFIG, then
 * ~/.kube/config, then the pod's service account; then the options `context` and `cluster`.
 * @throws ProviderError that names what is missing or wrong.
 */
export function findAccess(config: Properties, environment: Environment = process.env): Access {
  const kubeConfig = load(textAt(config, "kubeconfig"), environment);
  choose(kubeConfig, config, environment);
  const cluster = kubeConfig.getCurrentCluster();
  const context = kubeConfig.getContextObject(kubeConfig.getCurrentContext());
  if (!cluster || !context) throw missingContext(kubeConfig);
  const user = kubeConfig.getCurrentUser();
  const description = `cluster "${cluster.name}" (${cluster.server}), user "${context.user}"`;
  if (!user)
    throw wrong(`context "${context.name}" names the user "${context.user}", which it does not define`);
  assertCertificate(kubeConfig, description);
  const configured = textAt(config, "namespace") || environment.PULUMI_K8S_NAMESPACE;
  return { kubeConfig, description, namespace: configured || context.namespace || "default" };
}

const wrong = (reason: string) => new ProviderError("invalid", `kubeconfig: ${reason}`);

function load(option: string | undefined, environment: Environment): KubeConfig {
  const kubeConfig = new KubeConfig();
  if (option) {
    if (isContents(option))
      parse(kubeConfig, "the option kubeconfig", () => kubeConfig.loadFromString(option));
    else loadFiles(kubeConfig, option);
    return kubeConfig;
  }
  const usual = join(homedir(), ".kube", "config");
  if (environment.KUBECONFIG) loadFiles(kubeConfig, environment.KUBECONFIG);
  else if (existsSync(usual)) loadFiles(kubeConfig, usual);
  else if (environment.KUBERNETES_SERVICE_HOST) kubeConfig.loadFromCluster();
  else
    throw wrong(
      `none given: set KUBECONFIG to its path, or the provider's option kubeconfig; ${usual} is not there either`,
    );
  return kubeConfig;
}

/** A path has one line and begins no YAML or JSON document. */
function isContents(option: string): boolean {
  return option.includes("\n") || /^\s*[{]/.test(option) || /^\w+:\s/.test(option);
}

/** One path, or several as kubectl takes them: the first current context and the first definition of a name count. */
function loadFiles(kubeConfig: KubeConfig, option: string): void {
  const paths = option.split(delimiter).filter(Boolean).map(withHome);
  const found = paths.filter((path) => existsSync(path));
  if (found.length === 0) throw wrong(`there is no file ${paths.join(" or ")}`);
  for (const [index, path] of found.entries()) {
    const one = index === 0 ? kubeConfig : new KubeConfig();
    parse(one, path, () => one.loadFromFile(path));
    if (one !== kubeConfig) kubeConfig.mergeConfig(one, Boolean(kubeConfig.getCurrentContext()));
  }
}

function withHome(path: string): string {
  return path.startsWith("~/") ? join(homedir(), path.slice(2)) : path;
}

function parse(kubeConfig: KubeConfig, where: string, read: () => void): void {
  try {
    read();
  } catch (error) {
    // Without the parser's excerpt: it may show a token.
    throw wrong(`${where} cannot be read: ${(error as Error).message.split("\n")[0]}`);
  }
  if (!kubeConfig.clusters?.length) throw wrong(`${where} defines no cluster`);
}

function choose(kubeConfig: KubeConfig, config: Properties, environment: Environment): void {
  const context = textAt(config, "context") || environment.PULUMI_K8S_CONTEXT;
  if (context) kubeConfig.setCurrentContext(context);
  const cluster = textAt(config, "cluster") || environment.PULUMI_K8S_CLUSTER;
  const current = kubeConfig.getContextObject(kubeConfig.getCurrentContext());
  if (!cluster || !current) return;
  if (!kubeConfig.getCluster(cluster)) {
    const names = kubeConfig.clusters.map(({ name }) => name).join(", ");
    throw wrong(`there is no cluster "${cluster}": it defines ${names}`);
  }
  const other = { ...current, cluster, name: `${current.name} on ${cluster}` };
  kubeConfig.contexts = [...kubeConfig.contexts, other];
  kubeConfig.setCurrentContext(other.name);
}

function missingContext(kubeConfig: KubeConfig): ProviderError {
  const names = kubeConfig.getContexts().map(({ name }) => name);
  const current = kubeConfig.getCurrentContext();
  const found = kubeConfig.getContextObject(current);
  if (found)
    return wrong(`context "${current}" names the cluster "${found.cluster}", which it does not define`);
  const problem = current ? `there is no context "${current}"` : "no current context is set";
  return wrong(
    `${problem}: set the provider's option context to one of ${names.join(", ") || "(none defined)"}`,
  );
}

/** An expired certificate of the user fails in the handshake with words that do not say so. */
function assertCertificate(kubeConfig: KubeConfig, description: string): void {
  const user = kubeConfig.getCurrentUser();
  const bytes = readCertificate(user?.certFile, user?.certData);
  if (!bytes) return;
  const { validTo, validToDate } = new X509Certificate(bytes);
  if (validToDate.getTime() < Date.now())
    throw new ProviderError(
      "expired-login",
      `${description}: the user's certificate expired on ${validTo}: get a new kubeconfig from the cluster's administrator`,
    );
}

function readCertificate(file: string | undefined, data: string | undefined): Buffer | undefined {
  try {
    return bufferFromFileOrString(file, data) ?? undefined;
  } catch {
    throw wrong(`the user's certificate ${file} cannot be read`);
  }
}
