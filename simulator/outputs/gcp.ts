import { GCP_PROJECT_NUMBER, projectOf, type ResourceContext, regionOf } from "../session.ts";
import { isProperties, type Properties, textAt, type Value } from "../values.ts";
import { certificate } from "./certificate.ts";
import type { OutputTable } from "./create-outputs.ts";

export const LATEST_GKE = "1.34.1-gke.1829001";

function cluster(context: ResourceContext, id: string): Properties {
  const location = regionOf(context);
  const version = textAt(context.inputs, "minMasterVersion") ?? LATEST_GKE;
  return {
    endpoint: context.seed.publicAddress("endpoint"),
    selfLink: `https://container.googleapis.com/v1/${id}`,
    masterVersion: version,
    nodeVersion: version,
    masterAuth: { clusterCaCertificate: certificate(context), clientCertificate: "", clientKey: "" },
    controlPlaneEndpointsConfig: {
      dnsEndpointConfig: {
        endpoint: `gke-${context.seed.hex(32, "dns")}-${GCP_PROJECT_NUMBER}.${location}.gke.goog`,
      },
    },
    location,
    project: projectOf(context),
    servicesIpv4Cidr: "34.118.224.0/20",
  };
}

function serviceAccount(context: ResourceContext): Properties {
  const email = `${textAt(context.inputs, "accountId")}@${projectOf(context)}.iam.gserviceaccount.com`;
  return { email, member: `serviceAccount:${email}`, uniqueId: context.seed.digits(21, "account") };
}

/** Labels as the provider keeps them: the resource's, those of its configuration, and its own mark. */
export function labelOutputs(context: ResourceContext, labels: Value | undefined): Properties {
  const { config } = context.session;
  const defaults = isProperties(config.defaultLabels) ? config.defaultLabels : {};
  const mark: Properties =
    config.addPulumiAttributionLabel === false ? {} : { "goog-pulumi-provisioned": "true" };
  const all = { ...mark, ...defaults, ...(isProperties(labels) ? labels : {}) };
  return { pulumiLabels: all, effectiveLabels: all };
}

/** What the resources of most services have. */
export function gcpCommonOutputs(context: ResourceContext, outputs: { [name: string]: unknown }): Properties {
  const result: Properties = {};
  if ("project" in outputs) result.project = projectOf(context);
  if ("effectiveLabels" in outputs) {
    const key = "userLabels" in outputs ? "userLabels" : "labels";
    Object.assign(result, labelOutputs(context, context.inputs[key] ?? context.inputs.resourceLabels));
  }
  return result;
}

export const gcpOutputs: OutputTable = {
  "gcp:container/cluster:Cluster": cluster,
  "gcp:container/nodePool:NodePool": (context) => ({
    version: textAt(context.inputs, "version") ?? LATEST_GKE,
    location: regionOf(context),
    managedInstanceGroupUrls: [
      `https://www.googleapis.com/compute/v1/projects/${projectOf(context)}/zones/${regionOf(context)}-a/instanceGroupManagers/gke-${context.name}-${context.seed.hex(8, "group")}-grp`,
    ],
  }),
  "gcp:serviceaccount/account:Account": serviceAccount,
  "gcp:storage/bucket:Bucket": (context) => {
    const name = textAt(context.inputs, "name") ?? context.name;
    return {
      url: `gs://${name}`,
      selfLink: `https://www.googleapis.com/storage/v1/b/${name}`,
      projectNumber: Number(GCP_PROJECT_NUMBER),
    };
  },
  "gcp:projects/serviceIdentity:ServiceIdentity": (context) => {
    const agent = (textAt(context.inputs, "service") ?? "").replace(/\.googleapis\.com$/, "");
    const email = `service-${GCP_PROJECT_NUMBER}@gcp-sa-${agent}.iam.gserviceaccount.com`;
    return { email, member: `serviceAccount:${email}` };
  },
  "gcp:logging/projectSink:ProjectSink": () => ({
    writerIdentity: `serviceAccount:service-${GCP_PROJECT_NUMBER}@gcp-sa-logging.iam.gserviceaccount.com`,
  }),
  "gcp:artifactregistry/repository:Repository": (context, id) => ({
    name: id,
    registryUri: `${regionOf(context)}-docker.pkg.dev/${projectOf(context)}/${textAt(context.inputs, "repositoryId") ?? context.name}`,
  }),
  "gcp:compute/network:Network": (context, id) => ({
    selfLink: `https://www.googleapis.com/compute/v1/${id}`,
    networkId: context.seed.digits(19, "network"),
    numericId: context.seed.digits(19, "network"),
  }),
  "gcp:compute/subnetwork:Subnetwork": (context, id) => ({
    selfLink: `https://www.googleapis.com/compute/v1/${id}`,
    gatewayAddress: context.seed.privateAddress("gateway"),
    region: regionOf(context),
  }),
  "gcp:compute/address:Address": (context) => ({ address: context.seed.publicAddress() }),
  "gcp:compute/globalAddress:GlobalAddress": (context) => ({ address: context.seed.publicAddress() }),
  "gcp:monitoring/notificationChannel:NotificationChannel": (_, id) => ({ name: id }),
  "gcp:monitoring/alertPolicy:AlertPolicy": (_, id) => ({ name: id }),
  "gcp:billing/budget:Budget": (_, id) => ({ name: id }),
};
