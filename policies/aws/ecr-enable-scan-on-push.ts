import { eksBenchmark } from "../benchmarks.ts";
import { listOf, valueAt } from "../property-path.ts";
import type { StackRule } from "../rule.ts";
import { ecrRepository } from "./types.ts";

/** Set on each repository, or once for the whole registry. */
export const ecrEnableScanOnPush: StackRule = {
  name: "ecr-enable-scan-on-push",
  description: "Images are scanned when they are pushed to ECR.",
  severity: "medium",
  framework: eksBenchmark("5.1.1"),
  remediationSteps:
    "Set imageScanningConfiguration.scanOnPush to true, or add an aws.ecr.RegistryScanningConfiguration.",
  checkStack(stack, report) {
    stack.each(stack.all(ecrRepository), (repository) => {
      if (valueAt(stack.asked(repository), "imageScanningConfiguration.scanOnPush") === true) return;
      const ofRegistry = stack.all("aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration");
      const rules = ofRegistry.flatMap((each) => listOf(stack.asked(each).rules));
      if (!rules.some((rule) => ["SCAN_ON_PUSH", "CONTINUOUS_SCAN"].includes(rule.scanFrequency)))
        report("imageScanningConfiguration.scanOnPush is not true", repository);
    });
  },
};
