import type { CheckFailure } from "../check/validate.ts";
import type { Properties } from "../values.ts";

type Environment = { [name: string]: string | undefined };

/** Options that change how the provider works; each may also be set by an environment variable, as the official ones. */
export interface Settings {
  /** Takes over fields that other managers hold. */
  patchForce: boolean;
  /** A create takes over an object that is there already. */
  upsert: boolean;
  /** Resources of a cluster that does not answer are dropped from the state. */
  deleteUnreachable: boolean;
  /** A change of what a ConfigMap holds is an update and no replacement. */
  enableConfigMapMutable: boolean;
  enableSecretMutable: boolean;
}

export function readSettings(config: Properties, environment: Environment = process.env): Settings {
  const isOn = (option: string, variable: string) =>
    config[option] === true || environment[variable] === "true";
  return {
    patchForce: isOn("enablePatchForce", "PULUMI_K8S_ENABLE_PATCH_FORCE"),
    upsert: isOn("upsertExistingObjects", "PULUMI_K8S_UPSERT_EXISTING_OBJECTS"),
    deleteUnreachable: isOn("deleteUnreachable", "PULUMI_K8S_DELETE_UNREACHABLE"),
    enableConfigMapMutable: isOn("enableConfigMapMutable", "PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE"),
    enableSecretMutable: isOn("enableSecretMutable", "PULUMI_K8S_ENABLE_SECRET_MUTABLE"),
  };
}

/** Options of the official provider that this one cannot honour. */
export function unsupportedOptions(config: Properties): CheckFailure[] {
  const failures: CheckFailure[] = [];
  const refuse = (property: string, why: string) =>
    failures.push({ property, reason: `${property}: ${why}` });
  if (config.enableServerSideApply === false)
    refuse(
      "enableServerSideApply",
      "the stand-in for the Kubernetes provider always applies on the server: leave it out",
    );
  if (config.renderYamlToDirectory !== undefined)
    refuse(
      "renderYamlToDirectory",
      "needs the official provider: `pulumi plugin install resource kubernetes`",
    );
  return failures;
}
