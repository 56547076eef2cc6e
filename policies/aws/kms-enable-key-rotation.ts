import { propertyRule } from "../property-rule.ts";

/** KMS rotates symmetric keys only. */
export const kmsEnableKeyRotation = propertyRule({
  name: "kms-enable-key-rotation",
  description: "KMS rotates a key every year.",
  severity: "medium",
  remediationSteps: "Set enableKeyRotation to true.",
  types: ["aws:kms/key:Key"],
  requirements: [{ path: "enableKeyRotation", values: [true] }],
  when: ({ props }) => (props.customerMasterKeySpec ?? "SYMMETRIC_DEFAULT") === "SYMMETRIC_DEFAULT",
  remediable: true,
});
