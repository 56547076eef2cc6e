import { DataCollectionRule } from "@pulumi/azure-native/monitor/dataCollectionRule.js";
import { DataCollectionRuleAssociation } from "@pulumi/azure-native/monitor/dataCollectionRuleAssociation.js";
import type { AzureCluster } from "./cluster.ts";
import type { AzureContext } from "./foundation.ts";
import type { AzureLogs } from "./logs.ts";

/** Tables of Log Analytics that the cluster's agent fills (https://learn.microsoft.com/azure/azure-monitor/containers/kubernetes-monitoring-enable). */
const streams = ["Microsoft-ContainerLogV2", "Microsoft-KubeEvents", "Microsoft-KubePodInventory"];

/** Keeps what the pods of one namespace log, and what happens to them. */
export function keepContainerLogs(
  { names, parent, placed }: AzureContext,
  cluster: AzureCluster,
  { workspace }: AzureLogs,
  namespace: string,
): void {
  const rule = new DataCollectionRule(
    "container-logs",
    {
      ...placed,
      dataCollectionRuleName: `${names.logs}-containers`,
      kind: "Linux",
      dataSources: {
        extensions: [
          {
            name: "ContainerInsightsExtension",
            extensionName: "ContainerInsights",
            streams,
            extensionSettings: {
              dataCollectionSettings: {
                interval: "1m",
                namespaceFilteringMode: "Include",
                namespaces: [namespace],
                enableContainerLogV2: true,
              },
            },
          },
        ],
      },
      destinations: { logAnalytics: [{ name: "logs", workspaceResourceId: workspace.id }] },
      dataFlows: [{ streams, destinations: ["logs"] }],
    },
    { parent },
  );
  new DataCollectionRuleAssociation(
    "container-logs-of-cluster",
    {
      resourceUri: cluster.resource.id,
      associationName: "ContainerInsightsExtension",
      dataCollectionRuleId: rule.id,
    },
    { parent },
  );
}
