import { shown } from "../property-path.ts";
import type { ResourceRule } from "../rule.ts";

const DAY_SECONDS = 24 * 3600;

/** Keys for signing and for asymmetric encryption cannot rotate by themselves. */
export const kmsLimitKeyRotation: ResourceRule = {
  name: "kms-limit-key-rotation",
  description: "A key of KMS is rotated at least every 90 days, or as often as configured.",
  severity: "medium",
  remediationSteps: "Set rotationPeriod to 7776000s or less.",
  settings: ["maximumKeyRotationDays"],
  types: ["gcp:kms/cryptoKey:CryptoKey"],
  check({ props, settings }, report) {
    if ((props.purpose ?? "ENCRYPT_DECRYPT") !== "ENCRYPT_DECRYPT") return;
    const days = Number.parseFloat(String(props.rotationPeriod)) / DAY_SECONDS;
    if (!(days <= settings.maximumKeyRotationDays))
      report(
        `rotationPeriod is ${shown(props.rotationPeriod)}: set it to ${settings.maximumKeyRotationDays} days or less`,
      );
  },
};
