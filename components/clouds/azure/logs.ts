import { DiagnosticSetting } from "@pulumi/azure-native/monitor/diagnosticSetting.js";
import { Workspace } from "@pulumi/azure-native/operationalinsights/workspace.js";
import { type Input, interpolate, type Output, type Resource } from "@pulumi/pulumi";
import type { AzureContext } from "./foundation.ts";

export interface AzureLogs {
  workspace: Workspace;
  /** Page of the workspace where logs are read and searched. */
  address: Output<string>;
  /** Keeps what a resource logs: categories by name, or everything of the group `audit`. */
  keep(name: string, resourceId: Input<string>, categories?: string[]): Resource;
}

/** One Log Analytics workspace for the logs of everything in the stack. */
export function createLogs({ account, names, parent, placed, settings }: AzureContext): AzureLogs {
  const workspace = new Workspace(
    "logs",
    {
      ...placed,
      workspaceName: names.logs,
      sku: { name: "PerGB2018" },
      retentionInDays: settings.logRetentionDays,
      // Readers and writers log in; the workspace's shared keys open nothing.
      features: { disableLocalAuth: true, enableLogAccessUsingOnlyResourcePermissions: true },
    },
    { parent },
  );
  return {
    workspace,
    address: interpolate`https://portal.azure.com/#@${account.tenantId}/resource${workspace.id}/logs`,
    keep: (name, resourceUri, categories) =>
      new DiagnosticSetting(
        `logs-${name}`,
        {
          name: "skyloom",
          resourceUri,
          workspaceId: workspace.id,
          logs: categories?.map((category) => ({ category, enabled: true })) ?? [
            { categoryGroup: "audit", enabled: true },
          ],
          // Tables of their own instead of one for all of Azure; only some services ask for it.
          ...(categories && { logAnalyticsDestinationType: "Dedicated" }),
        },
        { parent },
      ),
  };
}
