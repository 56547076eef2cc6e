import { isKubernetesObject } from "../outputs/kubernetes.ts";
import { ProviderError } from "../provider-error.ts";

const OFFICIAL =
  "which the stand-in for the Kubernetes provider does not have: install the official one with `pulumi plugin install resource kubernetes`";

/** @throws ProviderError for types that are no objects of an API server. */
export function assertObject(type: string): void {
  const name = type.split(":")[2] ?? "";
  const isBuiltIn = !isCustom(type);
  const refuse = (text: string) => new ProviderError("unimplemented", `${type} ${text}`);
  if (!isKubernetesObject(type)) throw refuse(`is not an object of the API server, ${OFFICIAL}`);
  if (isBuiltIn && name.endsWith("Patch"))
    throw refuse(`changes a part of an object that somebody else made, ${OFFICIAL}`);
  if (isBuiltIn && name.endsWith("List")) throw refuse("is a list: declare its objects one by one");
}

/** Groups of custom resources have a domain that is not Kubernetes' own. */
function isCustom(type: string): boolean {
  const group = type.split(":")[1]?.split("/")[0] ?? "";
  return group.includes(".") && !/^[a-z.]+\.(authorization\.|apiserver\.)?k8s\.io$/.test(group);
}
