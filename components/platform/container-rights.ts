export interface Rule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
}

/** What the runtime does in the namespace for tasks that run containers (runtime/containers/kubernetes). */
export const containerRules: Rule[] = [
  { apiGroups: ["batch"], resources: ["jobs"], verbs: ["create", "get", "list", "delete"] },
  // Of a Job: its secrets and inputs. What is in other secrets it cannot read by itself.
  { apiGroups: [""], resources: ["secrets"], verbs: ["create"] },
  { apiGroups: [""], resources: ["pods", "events", "resourcequotas"], verbs: ["list"] },
  { apiGroups: [""], resources: ["pods/log"], verbs: ["get"] },
];

/** What it reads of the whole cluster to tell how much room there is, where it is let. */
export const capacityRules: Rule[] = [{ apiGroups: [""], resources: ["nodes", "pods"], verbs: ["list"] }];
