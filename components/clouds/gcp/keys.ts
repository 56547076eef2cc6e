import { CryptoKey } from "@pulumi/gcp/kms/cryptoKey.js";
import { CryptoKeyIAMMember } from "@pulumi/gcp/kms/cryptoKeyIAMMember.js";
import { KeyRing } from "@pulumi/gcp/kms/keyRing.js";
import { getProjectServiceAccountOutput } from "@pulumi/gcp/storage/getProjectServiceAccount.js";
import type { Input, Output, Resource } from "@pulumi/pulumi";
import type { GcpContext } from "./foundation.ts";
import type { EnabledServices } from "./services.ts";

const DAYS = 24 * 3600;

/** A key of the stack's own, and who must be allowed to use it before it is named anywhere. */
export interface GcpKey {
  id: Output<string>;
  dependsOn: Resource[];
}

export interface GcpKeys {
  /** Encrypts the cluster's secrets. */
  cluster: GcpKey;
  /** Encrypts bucket, queue and registry. */
  data: GcpKey;
}

export interface ServiceAgents {
  pubsub: Output<string>;
  artifactRegistry: Output<string>;
}

/**
 * Keys of production, changed every 90 days. Key rings can never be deleted and their names never used again, so the
 * engine names them: a stack that is destroyed can be made again.
 */
export function createKeys(context: GcpContext, enabled: EnabledServices, agents: ServiceAgents): GcpKeys {
  const { parent, project, region } = context;
  const ring = new KeyRing(
    "keys",
    { project: project.id, location: region },
    { parent, dependsOn: enabled("cloudkms"), protect: true },
  );
  const storage = getProjectServiceAccountOutput(
    { project: project.id },
    { parent, dependsOn: enabled("storage") },
  );
  return {
    cluster: createKey(
      context,
      ring,
      "cluster",
      {
        // GKE's agent is there as soon as the interface is enabled (https://cloud.google.com/iam/docs/service-agents).
        gke: `serviceAccount:service-${project.number}@container-engine-robot.iam.gserviceaccount.com`,
      },
      [enabled("container")],
    ),
    data: createKey(context, ring, "data", {
      storage: storage.member,
      pubsub: agents.pubsub,
      registry: agents.artifactRegistry,
    }),
  };
}

function createKey(
  { labels, parent }: GcpContext,
  ring: KeyRing,
  name: string,
  users: Record<string, Input<string>>,
  dependsOn: Resource[] = [],
): GcpKey {
  const key = new CryptoKey(
    `key-${name}`,
    { keyRing: ring.id, purpose: "ENCRYPT_DECRYPT", rotationPeriod: `${90 * DAYS}s`, labels },
    { parent, protect: true },
  );
  const grants = Object.entries(users).map(
    ([user, member]) =>
      new CryptoKeyIAMMember(
        `key-${name}-${user}`,
        { cryptoKeyId: key.id, role: "roles/cloudkms.cryptoKeyEncrypterDecrypter", member },
        { parent, dependsOn },
      ),
  );
  return { id: key.id, dependsOn: grants };
}
