import { CryptoKey } from "@pulumi/gcp/kms/cryptoKey.js";
import { CryptoKeyIAMMember } from "@pulumi/gcp/kms/cryptoKeyIAMMember.js";
import { KeyRing } from "@pulumi/gcp/kms/keyRing.js";
import { getProjectServiceAccountOutput } from "@pulumi/gcp/storage/getProjectServiceAccount.js";
import type { CustomResourceOptions, Input, Output, Resource } from "@pulumi/pulumi";
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
  const { dataOptions, parent, project, region, settings } = context;
  const ring = new KeyRing(
    "keys",
    { project: project.id, location: region },
    { ...dataOptions, dependsOn: enabled("cloudkms"), protect: settings.deletionProtection },
  );
  const storage = getProjectServiceAccountOutput(
    { project: project.id },
    { parent, dependsOn: enabled("storage") },
  );
  return {
    cluster: createKey(context, "cluster", {
      ring,
      users: {
        // GKE's agent is there as soon as the interface is enabled (https://cloud.google.com/iam/docs/service-agents).
        gke: `serviceAccount:service-${project.number}@container-engine-robot.iam.gserviceaccount.com`,
      },
      usable: [enabled("container")],
      options: { parent },
    }),
    data: createKey(context, "data", {
      ring,
      users: { storage: storage.member, pubsub: agents.pubsub, registry: agents.artifactRegistry },
      usable: [],
      // Whoever keeps the data keeps what reads them.
      options: dataOptions,
    }),
  };
}

interface KeyParts {
  ring: KeyRing;
  /** Who encrypts and decrypts with it. */
  users: Record<string, Input<string>>;
  /** What must be there before they can be named. */
  usable: Resource[];
  options: CustomResourceOptions;
}

function createKey(
  { labels, settings }: GcpContext,
  name: string,
  { ring, users, usable, options }: KeyParts,
): GcpKey {
  const key = new CryptoKey(
    `key-${name}`,
    { keyRing: ring.id, purpose: "ENCRYPT_DECRYPT", rotationPeriod: `${90 * DAYS}s`, labels },
    { ...options, protect: settings.deletionProtection },
  );
  const grants = Object.entries(users).map(
    ([user, member]) =>
      new CryptoKeyIAMMember(
        `key-${name}-${user}`,
        { cryptoKeyId: key.id, role: "roles/cloudkms.cryptoKeyEncrypterDecrypter", member },
        { ...options, dependsOn: usable },
      ),
  );
  return { id: key.id, dependsOn: grants };
}
