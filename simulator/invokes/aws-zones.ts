import { ProviderError } from "../provider-error.ts";
import { regionOf } from "../session.ts";
import { isProperties, type Properties, textAt, type Value } from "../values.ts";
import type { InvokeContext } from "./invoke.ts";

/** Regions that are enabled in every account, with the letters of their zones (aws.amazon.com/about-aws/global-infrastructure). */
const ZONES: { [region: string]: string } = {
  "us-east-1": "abcdef",
  "us-east-2": "abc",
  "us-west-1": "ac",
  "us-west-2": "abcd",
  "ap-northeast-1": "acd",
  "eu-west-1": "abc",
  "eu-west-2": "abc",
  "eu-central-1": "abc",
  "eu-north-1": "abc",
  "ca-central-1": "abd",
};
/** The old zone of us-east-1: no machine type since the fifth generation is offered there. */
const WITHOUT_NEW_MACHINES = ["us-east-1e"];

export const awsRegions = Object.keys(ZONES);

function zonesOf(region: string): string[] {
  return [...(ZONES[region] ?? "abc")].map((letter) => `${region}${letter}`);
}

/** `use1-az3`: the region's code, and the zone's number. */
function zoneIds(region: string): string[] {
  const code = region.replace(/^([a-z]{2})-([a-z])[a-z]*-(\d)$/, "$1$2$3");
  return zonesOf(region).map((_, index) => `${code}-az${index + 1}`);
}

export function stringsAt(properties: Properties, name: string): string[] {
  const value: Value | undefined = properties[name];
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

export function availabilityZones(context: InvokeContext): Properties {
  const region = regionOf(context);
  const excluded = stringsAt(context.inputs, "excludeNames");
  const ids = zoneIds(region);
  const zones = zonesOf(region)
    .map((name, index) => ({ name, id: ids[index] ?? "" }))
    .filter(({ name }) => !excluded.includes(name));
  return {
    id: region,
    names: zones.map(({ name }) => name),
    zoneIds: zones.map(({ id }) => id),
    groupNames: [region],
    state: "available",
  };
}

/** Values of one of the call's filters; undefined without it. */
function filter(context: InvokeContext, name: string): string[] | undefined {
  const filters = context.inputs.filters;
  const found = Array.isArray(filters) ? filters.filter(isProperties) : [];
  const named = found.find((each) => each.name === name);
  return named && stringsAt(named, "values");
}

function placesOf(context: InvokeContext): string[] {
  const region = regionOf(context);
  switch (textAt(context.inputs, "locationType") ?? "region") {
    case "region":
      return [region];
    case "availability-zone":
      return zonesOf(region).filter((zone) => !WITHOUT_NEW_MACHINES.includes(zone));
    case "availability-zone-id":
      return zoneIds(region).filter(
        (_, index) => !WITHOUT_NEW_MACHINES.includes(zonesOf(region)[index] ?? ""),
      );
    default:
      return [];
  }
}

/** Every machine type asked for is offered everywhere but in the old zone; a name of another form nowhere. */
export function instanceTypeOfferings(context: InvokeContext): Properties {
  const types = filter(context, "instance-type");
  if (types === undefined || types.some((type) => type.includes("*")))
    throw new ProviderError(
      "unimplemented",
      "the simulator has no list of machine types: filter getInstanceTypeOfferings by instance-type, without wildcards",
    );
  const locations = filter(context, "location");
  const offered = types
    .filter((type) => /^[a-z]+\d[a-z0-9-]*\.(nano|micro|small|medium|metal|\d*x?large)(-\d+xl)?$/.test(type))
    .flatMap((type) => placesOf(context).map((location) => ({ type, location })))
    .filter(({ location }) => locations?.includes(location) ?? true);
  const locationType = textAt(context.inputs, "locationType") ?? "region";
  return {
    id: regionOf(context),
    instanceTypes: offered.map(({ type }) => type),
    locations: offered.map(({ location }) => location),
    locationTypes: offered.map(() => locationType),
    region: regionOf(context),
  };
}
