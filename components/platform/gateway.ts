import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource.js";
import type { Inputs, Resource } from "@pulumi/pulumi";
import type { Address, Cloud, KubernetesAccess } from "../cloud.ts";
import { installChart } from "../kubernetes/install-chart.ts";
import { podLabels } from "../kubernetes/pod.ts";
import { type Mesh, meshLabels } from "./mesh.ts";
import { openPort } from "./open-port.ts";

/** `skyloom:gateway` */
export interface GatewaySettings {
  /** Under which clients reach the runtime; its DNS record points to the gateway's address. */
  host: string;
  /** Whom the issuer of the certificate writes to. */
  issuerEmail: string;
  /** A GatewayClass that is there. Default: one of Envoy Gateway's. */
  className?: string | undefined;
  /** Of the pods that pass requests on. Default `envoy-gateway-system`. */
  namespace: string;
  /** Directory of an ACME service. Default: Let's Encrypt. */
  acmeServer?: string | undefined;
  /** Whether cert-manager is installed, and Envoy Gateway where no class is named. Default: as the cloud declares. */
  install?: boolean | undefined;
}

const CLASS = "skyloom";
const NAME = "gateway";
const SECRET = "gateway-tls";
const SOLVER = { labels: { "acme.cert-manager.io/http01-solver": "true" }, port: 8089 };
const LETS_ENCRYPT = "https://acme-v02.api.letsencrypt.org/directory";
const gatewayApi = "gateway.networking.k8s.io/v1";
const certificates = "cert-manager.io/v1";

/**
 * The runtime's HTTP interface from outside of the cluster: HTTPS with a certificate that renews itself, HTTP only to
 * point there and to prove the name to the issuer.
 * @returns where clients call; undefined without a gateway.
 */
export function deployGateway(
  { cluster: { kubernetes }, parts }: Pick<Cloud, "cluster" | "parts">,
  runtime: Address,
  settings: GatewaySettings | undefined,
  mesh: Mesh,
): string | undefined {
  if (kubernetes === undefined || settings === undefined) return undefined;
  const installs = settings.install ?? parts?.operators === "needed";
  const installed = installs ? install(kubernetes, settings, mesh) : [];
  const make = objectsIn({ ...kubernetes, dependsOn: [...kubernetes.dependsOn, ...installed] });
  createCertificate(make, settings);
  createRoutes(make, settings, runtime);
  const fromNamespace = settings.namespace;
  openPort(kubernetes, {
    name: "gateway-runtime",
    pods: podLabels("runtime"),
    port: runtime.port,
    fromNamespace,
  });
  openPort(kubernetes, { name: "gateway-solver", pods: SOLVER.labels, port: SOLVER.port, fromNamespace });
  return `https://${settings.host}`;
}

type Make = (apiVersion: string, kind: string, name: string, spec: Inputs) => Resource;

function objectsIn({ namespace, options, dependsOn }: KubernetesAccess): Make {
  return (apiVersion, kind, name, spec) =>
    new CustomResource(
      `${kind.toLowerCase()}-${name}`,
      { apiVersion, kind, metadata: { name, namespace }, spec },
      { ...options, dependsOn },
    );
}

function createCertificate(
  make: Make,
  { host, issuerEmail, acmeServer = LETS_ENCRYPT }: GatewaySettings,
): void {
  make(certificates, "Issuer", NAME, {
    acme: {
      server: acmeServer,
      email: issuerEmail,
      privateKeySecretRef: { name: "gateway-issuer" },
      solvers: [
        {
          http01: {
            gatewayHTTPRoute: { parentRefs: [{ kind: "Gateway", name: NAME, sectionName: "http" }] },
          },
        },
      ],
    },
  });
  make(certificates, "Certificate", NAME, {
    secretName: SECRET,
    dnsNames: [host],
    privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Always" },
    issuerRef: { kind: "Issuer", name: NAME },
  });
}

function createRoutes(
  make: Make,
  { host: hostname, className = CLASS }: GatewaySettings,
  runtime: Address,
): void {
  make(gatewayApi, "Gateway", NAME, {
    gatewayClassName: className,
    listeners: [
      { name: "http", hostname, port: 80, protocol: "HTTP" },
      {
        name: "https",
        hostname,
        port: 443,
        protocol: "HTTPS",
        tls: { mode: "Terminate", certificateRefs: [{ kind: "Secret", name: SECRET }] },
      },
    ],
  });
  make(gatewayApi, "HTTPRoute", "runtime", {
    parentRefs: [{ name: NAME, sectionName: "https" }],
    hostnames: [hostname],
    rules: [
      {
        matches: [{ path: { type: "PathPrefix", value: "/" } }],
        backendRefs: [{ name: "runtime", port: runtime.port }],
      },
    ],
  });
  // The issuer's own requests match a longer path, and so are not redirected.
  make(gatewayApi, "HTTPRoute", "redirect", {
    parentRefs: [{ name: NAME, sectionName: "http" }],
    hostnames: [hostname],
    rules: [
      { filters: [{ type: "RequestRedirect", requestRedirect: { scheme: "https", statusCode: 301 } }] },
    ],
  });
}

/** Envoy Gateway, which brings the Gateway API's own kinds, and then cert-manager, which looks for them when it starts. */
function install(kubernetes: KubernetesAccess, settings: GatewaySettings, mesh: Mesh): Resource[] {
  const { options, dependsOn } = kubernetes;
  const controller = settings.className === undefined ? installController(kubernetes, settings, mesh) : [];
  const certManager = installChart(
    {
      chart: "cert-manager",
      repository: "https://charts.jetstack.io",
      version: "v1.19.2",
      namespace: "cert-manager",
      // Of its webhook and its metrics.
      ports: [10_250, 9402],
      values: {
        crds: { enabled: true },
        config: {
          apiVersion: "controller.config.cert-manager.io/v1alpha1",
          kind: "ControllerConfiguration",
          enableGatewayAPI: true,
        },
      },
    },
    { ...options, dependsOn: [...dependsOn, ...controller] },
  );
  return [...controller, certManager];
}

function installController(
  { options, dependsOn }: KubernetesAccess,
  { namespace }: GatewaySettings,
  mesh: Mesh,
): Resource[] {
  const release = installChart(
    {
      chart: "oci://docker.io/envoyproxy/gateway-helm",
      version: "1.7.2",
      namespace,
      // Where Envoy listens for HTTP and HTTPS, and the controller's webhook and metrics.
      ports: [10_080, 10_443, 9443, 19_001],
      podSecurity: "baseline",
      labels: meshLabels(mesh),
      values: {},
    },
    { ...options, dependsOn },
  );
  const gatewayClass = new CustomResource(
    `gatewayclass-${CLASS}`,
    {
      apiVersion: gatewayApi,
      kind: "GatewayClass",
      metadata: { name: CLASS },
      spec: { controllerName: "gateway.envoyproxy.io/gatewayclass-controller" },
    },
    { ...options, dependsOn: [release] },
  );
  return [release, gatewayClass];
}
