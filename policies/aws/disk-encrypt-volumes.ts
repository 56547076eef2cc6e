import { listOf, shown } from "../property-path.ts";
import type { Properties, ResourceRule } from "../rule.ts";
import { checkEach } from "../unknown-values.ts";
import { instance, launchConfiguration, launchTemplate } from "./types.ts";

const volume = "aws:ebs/volume:Volume";

/** Launch templates list disks one way, instances another, and a volume may stand by itself. */
export const diskEncryptVolumes: ResourceRule = {
  name: "disk-encrypt-volumes",
  description: "Disks of machines are encrypted.",
  severity: "high",
  remediationSteps:
    "Set encrypted to true on every disk: blockDeviceMappings[].ebs, rootBlockDevice or the volume.",
  types: [launchTemplate, launchConfiguration, instance, volume],
  check({ type, props }, report) {
    const disks = disksOf(type, props);
    if (disks.length === 0) report("no disk is said to be encrypted");
    checkEach(disks, ([path, disk]) => {
      if (!isTrue(disk()?.encrypted))
        report(`${path}.encrypted is ${shown(disk()?.encrypted)}: set it to true`);
    });
  },
};

/** Each with a function, since reading it may show that it is not known yet. */
function disksOf(type: string, props: Properties): [string, () => Properties | undefined][] {
  if (type === volume) return [["volume", () => props]];
  if (type === launchTemplate)
    return listOf(props.blockDeviceMappings).map((_, index) => [
      `blockDeviceMappings[${index}].ebs`,
      () => props.blockDeviceMappings[index].ebs,
    ]);
  return [
    ["rootBlockDevice", () => props.rootBlockDevice],
    ...listOf(props.ebsBlockDevices).map((_, index): [string, () => Properties] => [
      `ebsBlockDevices[${index}]`,
      () => props.ebsBlockDevices[index],
    ]),
  ];
}

function isTrue(value: unknown): boolean {
  return value === true || value === "true";
}
