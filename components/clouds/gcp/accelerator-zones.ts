/**
 * Zones by region and accelerator: GKE refuses a node pool in a zone that lacks its accelerator.
 * Source: skypilot-org/skypilot-catalog:catalogs/v8/gcp/vms.csv at 006059e0f18acb1341e22a27751e9f80df6ba92f, columns
 * AcceleratorName, Region and AvailabilityZone, read 2026-11-21. An accelerator that is not listed is not known.
 */
const letters: Record<string, { all: string; accelerators: Record<string, string> }> = {
  "asia-southeast1": {
    all: "abc",
    accelerators: {
      "a100-40": "abc",
      "a100-80": "c",
      b200: "b",
      h100: "bc",
      "h100-mega": "bc",
      l4: "abc",
      p4: "abc",
      t4: "abc",
    },
  },
  "europe-west1": {
    all: "bcd",
    accelerators: { h100: "bc", "h100-mega": "bc", h200: "b", l4: "bc", p100: "bd", t4: "bcd" },
  },
  "europe-west4": {
    all: "abc",
    accelerators: {
      "a100-40": "ab",
      "a100-80": "a",
      b200: "b",
      h100: "bc",
      "h100-mega": "bc",
      h200: "a",
      l4: "abc",
      p100: "a",
      p4: "bc",
      t4: "abc",
    },
  },
  "us-central1": {
    all: "abcf",
    accelerators: {
      "a100-40": "abcf",
      "a100-80": "ac",
      b200: "b",
      h100: "abc",
      "h100-mega": "abc",
      h200: "b",
      l4: "abc",
      p100: "cf",
      p4: "ac",
      t4: "abcf",
    },
  },
  "us-east4": {
    all: "abc",
    accelerators: {
      "a100-80": "c",
      b200: "b",
      h100: "abc",
      "h100-mega": "abc",
      h200: "b",
      l4: "ac",
      p4: "abc",
      t4: "abc",
    },
  },
};

/** Zones of the region where the accelerator is, e.g. `us-east4-c`; undefined where that is not known. */
export function zonesWithAccelerator(region: string, accelerator: string): string[] | undefined {
  return named(region, letters[region]?.accelerators[accelerator]);
}

/** All zones of the region; undefined where they are not known. */
export function zonesOfRegion(region: string): string[] | undefined {
  return named(region, letters[region]?.all);
}

function named(region: string, zones: string | undefined): string[] | undefined {
  return zones === undefined ? undefined : [...zones].map((letter) => `${region}-${letter}`);
}
