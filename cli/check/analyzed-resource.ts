import type { CheckedResource, RecordedResource } from "../../simulator/recording/recording.ts";
import type { Properties } from "../../simulator/values.ts";
import { type AnalyzedResource, nameOfUrn, typeOfUrn } from "./resources.ts";

type Provider = AnalyzedResource["provider"];

/** The provider instances of a program. */
export class Providers {
  readonly #explicit = new Map<string, Provider>();
  readonly #config: Record<string, string>;

  /** @param config of the stack, which default providers read. */
  constructor(config: Record<string, string>) {
    this.#config = config;
  }

  /** Notes a resource that is a provider. */
  add({ urn, type, inputs }: CheckedResource): void {
    if (!type.startsWith("pulumi:providers:")) return;
    this.#explicit.set(urn, { urn, type, name: nameOfUrn(urn), properties: inputs });
  }

  /** The given instance, else the default one of the resource's package; undefined for components. */
  of({ custom, provider, type, urn }: Omit<CheckedResource, "inputs">): Provider {
    if (provider !== undefined && provider !== "") {
      // URN::ID, and the URN itself has such separators.
      const ofProvider = provider.slice(0, provider.lastIndexOf("::"));
      return this.#explicit.get(ofProvider) ?? unseen(ofProvider);
    }
    if (!custom || type.startsWith("pulumi:")) return undefined;
    return this.#default(type.split(":")[0] ?? "", urn);
  }

  #default(name: string, urn: string): Provider {
    const prefix = `${name}:`;
    const own = Object.entries(this.#config).filter(([key]) => key.startsWith(prefix));
    const [stack, project] = urn.slice("urn:pulumi:".length).split("::");
    const type = `pulumi:providers:${name}`;
    return {
      urn: `urn:pulumi:${stack}::${project}::${type}::default`,
      type,
      name: "default",
      properties: Object.fromEntries(own.map(([key, value]) => [key.slice(prefix.length), value])),
    };
  }
}

function unseen(urn: string): Provider {
  return { urn, type: typeOfUrn(urn), name: nameOfUrn(urn), properties: {} };
}

/** A recorded resource as a pack sees it: its inputs for its own rules, its outputs for those of the stack. */
export function analyzedResource(
  resource: CheckedResource | RecordedResource,
  properties: Properties,
  providers: Providers,
): AnalyzedResource {
  const { urn, type, name, parent, dependencies, propertyDependencies } = resource;
  const { create, update, delete: remove } = resource.customTimeouts;
  return {
    urn,
    type,
    name,
    parent,
    properties,
    dependencies,
    propertyDependencies,
    provider: providers.of(resource),
    options: {
      protect: resource.protect,
      ignoreChanges: resource.ignoreChanges,
      deleteBeforeReplace: resource.deleteBeforeReplace,
      additionalSecretOutputs: resource.additionalSecretOutputs,
      aliases: [],
      timeouts: { create: seconds(create), update: seconds(update), delete: seconds(remove) },
    },
  };
}

/** Of a duration as the engine takes it, e.g. `1h30m`; 0 for none. */
function seconds(duration: string): number {
  const units = { h: 3600, m: 60, s: 1, ms: 0.001 };
  return [...duration.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s)/g)].reduce(
    (total, [, amount, unit]) => total + Number(amount) * units[unit as keyof typeof units],
    0,
  );
}
