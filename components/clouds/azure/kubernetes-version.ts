/**
 * Minor version of Kubernetes of new clusters; AKS keeps the newest patch of it. Generally available at AKS since June
 * 2026, supported until June 2027 (MicrosoftDocs/azure-aks-docs, articles/aks/supported-kubernetes-versions.md, the
 * edition that lists 1.32 to 1.37; read 2026-11-21). Raise it by one at a time: clusters are upgraded in place.
 */
export const kubernetesVersion = "1.36";
