import { LATEST_GKE } from "../outputs/gcp.ts";
import { ProviderError } from "../provider-error.ts";
import { GCP_PROJECT_NUMBER, projectOf, regionOf } from "../session.ts";
import { type Properties, textAt } from "../values.ts";
import type { InvokeContext, InvokeTable } from "./invoke.ts";

/** Zones whose letters are not a, b, c (cloud.google.com/compute/docs/regions-zones). */
const ZONES: { [region: string]: string } = {
  "us-central1": "abcf",
  "us-east1": "bcd",
  "europe-west1": "bcd",
};
const REGIONS = [
  "us-central1",
  "us-east1",
  "us-east4",
  "us-west1",
  "europe-west1",
  "europe-west4",
  "asia-northeast1",
  "asia-southeast1",
  "us-east5",
];
const GKE_VERSIONS = [LATEST_GKE, "1.33.5-gke.1080000", "1.32.9-gke.1130000"];

function zones(context: InvokeContext): Properties {
  const region = textAt(context.inputs, "region") ?? context.session.region;
  const names = [...(ZONES[region] ?? "abc")].map((letter) => `${region}-${letter}`);
  return {
    id: `projects/${projectOf(context)}/regions/${region}`,
    names,
    project: projectOf(context),
    region,
  };
}

function project(context: InvokeContext): Properties {
  const id = textAt(context.inputs, "projectId") ?? projectOf(context);
  return {
    id: `projects/${id}`,
    projectId: id,
    name: id,
    number: GCP_PROJECT_NUMBER,
    billingAccount: "012345-6789AB-CDEF01",
    orgId: "123456789",
    folderId: "",
    labels: {},
    effectiveLabels: {},
  };
}

function engineVersions(context: InvokeContext): Properties {
  const prefix = textAt(context.inputs, "versionPrefix") ?? "";
  const versions = GKE_VERSIONS.filter((version) => version.startsWith(prefix));
  const latest = versions[0] ?? "";
  return {
    id: "2026-01-01 00:00:00 +0000 UTC",
    validMasterVersions: versions,
    validNodeVersions: versions,
    latestMasterVersion: latest,
    latestNodeVersion: latest,
    defaultClusterVersion: GKE_VERSIONS[1] ?? "",
    releaseChannelDefaultVersion: {
      RAPID: GKE_VERSIONS[0] ?? "",
      REGULAR: GKE_VERSIONS[1] ?? "",
      STABLE: GKE_VERSIONS[2] ?? "",
    },
    releaseChannelLatestVersion: {
      RAPID: GKE_VERSIONS[0] ?? "",
      REGULAR: GKE_VERSIONS[0] ?? "",
      STABLE: GKE_VERSIONS[1] ?? "",
    },
  };
}

const GPU_FAMILIES = ["NVIDIA_H100", "NVIDIA_H100_MEGA", "NVIDIA_H200", "NVIDIA_B200"];

/** The limit of a simulated project: some GPUs of each kind, many CPUs; `quotas.json` in the state says otherwise. */
function limit(context: InvokeContext, quotaId: string, family?: string): string {
  const key = `gcp/${quotaId}${family === undefined ? "" : `/${family}`}`;
  return String(context.store.quota(key) ?? (quotaId.includes("CPUS") ? 2400 : 64));
}

/** Entries as Cloud Quotas gives them: by region, by region and GPU family, or one for the whole project. */
function quotaDimensions(context: InvokeContext, quotaId: string): Properties[] {
  const entry = (location: string, dimensions: Properties, family?: string): Properties => ({
    dimensions,
    details: [{ value: limit(context, quotaId, family) }],
    applicableLocations: [location],
  });
  if (!quotaId.endsWith("-region")) return [entry("global", {})];
  const families = quotaId.startsWith("GPUS-PER-GPU-FAMILY") ? GPU_FAMILIES : [undefined];
  return REGIONS.flatMap((region) =>
    families.map((family) =>
      family === undefined
        ? entry(region, { region })
        : entry(region, { region, gpu_family: family }, family),
    ),
  );
}

function quotaInfo(context: InvokeContext): Properties {
  const quotaId = textAt(context.inputs, "quotaId") ?? "";
  if (!/^[A-Z0-9-]+-per-project(-region)?$/.test(quotaId))
    throw new ProviderError(
      "not-found",
      `googleapi: Error 404: Quota info '${quotaId}' is not found., notFound`,
    );
  const regional = quotaId.endsWith("-region");
  return {
    quotaId,
    quotaDisplayName: quotaId,
    service: textAt(context.inputs, "service") ?? "",
    parent: textAt(context.inputs, "parent") ?? "",
    isConcurrent: true,
    isFixed: false,
    isPrecise: true,
    dimensions: regional ? ["region"] : [],
    dimensionsInfos: quotaDimensions(context, quotaId),
  };
}

function cluster(context: InvokeContext): Properties {
  const name = textAt(context.inputs, "name") ?? "";
  const id = `projects/${projectOf(context)}/locations/${regionOf(context)}/clusters/${name}`;
  const found = context.store.get("gcp:container/cluster:Cluster", id);
  if (!found) throw new ProviderError("not-found", `googleapi: Error 404: Not found: ${id}., notFound`);
  return { ...found.outputs, id };
}

export const gcpInvokes: InvokeTable = {
  "gcp:organizations/getClientConfig:getClientConfig": (context) => ({
    id: `projects/${projectOf(context)}`,
    accessToken: `ya29.${context.seed.hex(64, "token")}`,
    defaultLabels: {},
    project: projectOf(context),
    region: context.session.region,
    zone: textAt(context.session.config, "zone") ?? "",
  }),
  "gcp:organizations/getClientOpenIdUserInfo:getClientOpenIdUserInfo": () => ({
    id: "simulated@example.com",
    email: "simulated@example.com",
  }),
  "gcp:organizations/getProject:getProject": project,
  "gcp:compute/getZones:getZones": zones,
  "gcp:compute/getRegions:getRegions": (context) => ({
    id: `projects/${projectOf(context)}`,
    names: REGIONS,
    project: projectOf(context),
  }),
  "gcp:container/getEngineVersions:getEngineVersions": engineVersions,
  "gcp:container/getCluster:getCluster": cluster,
  "gcp:cloudquota/getSQuotaInfo:getSQuotaInfo": quotaInfo,
  "gcp:storage/getProjectServiceAccount:getProjectServiceAccount": () => {
    const email = `service-${GCP_PROJECT_NUMBER}@gs-project-accounts.iam.gserviceaccount.com`;
    return { id: email, emailAddress: email, member: `serviceAccount:${email}` };
  },
};
