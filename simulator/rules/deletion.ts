import { ProviderError } from "../provider-error.ts";
import type { Store, StoredResource } from "../store.ts";
import { textAt, valueAt } from "../values.ts";
import { holderOf } from "./references.ts";

/** The property that lets a bucket or repository be deleted with what it holds. */
const FORCE: { [type: string]: string } = {
  "aws:s3/bucket:Bucket": "forceDestroy",
  "aws:s3/bucketV2:BucketV2": "forceDestroy",
  "aws:ecr/repository:Repository": "forceDelete",
  "gcp:storage/bucket:Bucket": "forceDestroy",
};

/** What the API cannot delete: the provider forgets it, the cloud keeps it (cloud.google.com/kms/docs/destroy-restore). */
const KEPT_FOR_EVER = new Set(["gcp:kms/keyRing:KeyRing", "gcp:kms/cryptoKey:CryptoKey"]);

/** What is stored of a resource that was deleted, or undefined where nothing stays of it. */
export function afterDeletion(resource: StoredResource, now: Date): StoredResource | undefined {
  if (KEPT_FOR_EVER.has(resource.type)) return { ...resource, kept: true };
  const days = daysKept(resource);
  if (days === undefined) return undefined;
  const keptUntil = new Date(now.getTime() + days * 86_400_000).toISOString();
  return { ...resource, kept: true, keptUntil };
}

/** Days in which a deleted key or vault can be brought back (docs.aws.amazon.com/kms, learn.microsoft.com/azure/key-vault). */
function daysKept({ type, inputs }: StoredResource): number | undefined {
  if (type === "aws:kms/key:Key") return Number(inputs.deletionWindowInDays ?? 30);
  if (type === "azure-native:keyvault:Vault")
    return Number(valueAt(inputs, ["properties", "softDeleteRetentionInDays"]) ?? 90);
  return undefined;
}

/** Throws the provider's error when the service would not delete the resource now. */
export function assertDeletable(store: Store, resource: StoredResource): void {
  assertUnprotected(store, resource);
  assertEmpty(resource);
  const holder = holderOf(store, resource);
  if (holder) throw new ProviderError("conflict", inUse(resource, holder));
}

function assertUnprotected(store: Store, resource: StoredResource): void {
  const { type, id, inputs } = resource;
  const flag = inputs.deletionProtection;
  // GKE's provider protects a cluster unless told otherwise.
  if (type === "gcp:container/cluster:Cluster" && flag !== false)
    throw new ProviderError(
      "conflict",
      `Cannot destroy cluster because deletionProtection is set to true. Set it to false to proceed with cluster deletion.`,
    );
  if (type === "aws:eks/cluster:Cluster" && flag === true)
    throw new ProviderError(
      "conflict",
      `deleting EKS Cluster (${id}): operation error EKS: DeleteCluster, https response error StatusCode: 400, InvalidRequestException: Cluster ${id} has deletion protection enabled; disable it first`,
    );
  if (type === "aws:rds/instance:Instance" && flag === true)
    throw new ProviderError(
      "conflict",
      `deleting RDS DB Instance (${id}): InvalidParameterCombination: Cannot delete protected DB Instance, please disable deletion protection and try again.`,
    );
  const lock = store
    .list("azure-native:authorization:ManagementLockByScope")
    .find((candidate) => candidate.id !== id && id.startsWith(textAt(candidate.inputs, "scope") ?? "\0"));
  if (lock)
    throw new ProviderError(
      "conflict",
      `Code="ScopeLocked" Message="The scope '${id}' cannot perform delete operation because following scope(s) are locked: '${textAt(lock.inputs, "scope")}'. Please remove the lock and try again."`,
    );
}

function assertEmpty(resource: StoredResource): void {
  const force = FORCE[resource.type];
  if (force === undefined || !resource.objects || resource.inputs[force] === true) return;
  throw new ProviderError("conflict", notEmpty(resource));
}

function notEmpty({ type, id }: StoredResource): string {
  if (type.startsWith("gcp:"))
    return `Error trying to delete bucket ${id} containing objects without \`forceDestroy\` set to true`;
  if (type.includes("ecr"))
    return `ECR Repository (${id}) not empty, consider using forceDelete: operation error ECR: DeleteRepository, https response error StatusCode: 400, RepositoryNotEmptyException: The repository with name '${id}' cannot be deleted because it still contains images`;
  return `deleting S3 Bucket (${id}): operation error S3: DeleteBucket, https response error StatusCode: 409, api error BucketNotEmpty: The bucket you tried to delete is not empty`;
}

function inUse(resource: StoredResource, holder: StoredResource): string {
  const { type, id } = resource;
  if (type === "aws:eks/cluster:Cluster")
    return `deleting EKS Cluster (${id}): operation error EKS: DeleteCluster, https response error StatusCode: 409, ResourceInUseException: Cluster has nodegroups attached (${holder.id})`;
  if (type.startsWith("aws:iam/"))
    return `deleting IAM ${type.split(":").at(-1)} (${id}): operation error IAM, https response error StatusCode: 409, DeleteConflict: Cannot delete entity, must detach all policies and profiles first (${holder.id})`;
  switch (resource.provider) {
    case "aws":
      return `deleting EC2 ${type.split(":").at(-1)} (${id}): operation error EC2, https response error StatusCode: 400, api error DependencyViolation: The resource '${id}' has dependencies and cannot be deleted (${holder.type} ${holder.id})`;
    case "azure-native":
      return `Code="InUse${type.split(":").at(-1)}CannotBeDeleted" Message="${id} is in use by ${holder.id} and cannot be deleted."`;
    default:
      return `Error waiting for Deleting ${type.split(":").at(-1)}: googleapi: Error 400: The resource '${id}' is already being used by '${holder.id}', resourceInUseByAnotherResource`;
  }
}
