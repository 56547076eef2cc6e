import { refusalMessage } from "../../../pricing/machine-types.ts";
import type { GpuPoolSettings } from "../../cloud.ts";
import { refusedSetting } from "../../preflight/refused-setting.ts";
import { zonesOfRegion, zonesWithAccelerator } from "./accelerator-zones.ts";
import { sharingProblem } from "./gpu-sharing.ts";
import { chooseGpuMachine } from "./machine-types.ts";
import type { PlannedPool } from "./preflight.ts";

/** The pool with machine and zones, or everything that is wrong with it, each with its configuration key. */
export function planGpuPool(
  pool: GpuPoolSettings,
  key: string,
  region: string,
): { planned?: PlannedPool; problems: string[] } {
  const machine = chooseGpuMachine(region, pool);
  const problems = [
    ...(/^[a-z][a-z0-9]{0,11}$/.test(pool.name)
      ? []
      : [
          `${key}.name: must be at most 12 lower-case letters and digits, beginning with a letter, not "${pool.name}"`,
        ]),
    ...(machine.kind === "refusal" ? [`${key}.${refusedSetting(machine)}: ${refusalMessage(machine)}`] : []),
    ...zoneProblems(pool, key, region),
    ...sharingProblems(pool, key),
  ];
  if (machine.kind === "refusal") return { problems };
  const zones = pool.zones ?? zonesWithAccelerator(region, pool.accelerator);
  return { planned: { settings: pool, machine, zones }, problems };
}

function zoneProblems({ accelerator, zones }: GpuPoolSettings, key: string, region: string): string[] {
  if (zones === undefined) return [];
  const known = zonesOfRegion(region);
  const having = zonesWithAccelerator(region, accelerator) ?? known;
  if (zones.length === 0) return [`${key}.zones: must name one zone at least, or be absent`];
  return zones.flatMap((zone, index) => {
    const path = `${key}.zones[${index}]`;
    if (zones.indexOf(zone) < index) return [`${path}: ${zone} is named twice`];
    if (!(known?.includes(zone) ?? new RegExp(`^${region}-[a-z]$`).test(zone)))
      return [`${path}: ${zone} is no zone of ${region}${known ? `; there are ${known.join(", ")}` : ""}`];
    return having === undefined || having.includes(zone)
      ? []
      : [
          `${path}: ${zone} has no ${accelerator}; ${having.join(", ")} ${having.length > 1 ? "have" : "has"}`,
        ];
  });
}

function sharingProblems({ accelerator, sharing }: GpuPoolSettings, key: string): string[] {
  const problem = sharingProblem(accelerator, sharing);
  return problem === undefined ? [] : [`${key}.sharing: ${problem}`];
}
