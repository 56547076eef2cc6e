import type { PolicyResource } from "@pulumi/policy";
import { valueAt } from "../property-path.ts";
import type { CheckedStack, StackRule } from "../rule.ts";
import { someRelated } from "../stack/related.ts";
import { blobServiceProperties, storageAccount } from "./types.ts";

/** An account that only gets flow logs needs no versions: nothing in it is ever replaced. */
export const storageEnableBlobRecovery: StackRule = {
  name: "storage-enable-blob-recovery",
  description: "Blobs that were deleted or replaced can be had back for a while.",
  severity: "medium",
  remediationSteps:
    "Add BlobServiceProperties for the account with deleteRetentionPolicy {enabled: true, days} and isVersioningEnabled true.",
  checkStack(stack, report) {
    const services = stack.all(blobServiceProperties);
    const byAccount = { path: "accountName", outputs: ["name", "accountName"] };
    stack.each(stack.all(storageAccount), (account) => {
      const recovers = (service: PolicyResource) => {
        const asked = stack.asked(service);
        return (
          valueAt(asked, "deleteRetentionPolicy.enabled") === true &&
          (asked.isVersioningEnabled === true || getsFlowLogs(account, stack))
        );
      };
      if (!someRelated(stack, services, byAccount, account, recovers))
        report(
          "no BlobServiceProperties with deleteRetentionPolicy and isVersioningEnabled is there for it",
          account,
        );
    });
  },
};

function getsFlowLogs(account: PolicyResource, stack: CheckedStack): boolean {
  return someRelated(
    stack,
    stack.all("azure-native*:network*:FlowLog"),
    { path: "storageId", outputs: ["id"] },
    account,
  );
}
