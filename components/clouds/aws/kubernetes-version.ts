/**
 * Version of control plane and nodes. On EKS since 28 January 2026, in standard support until 27 March 2027
 * (https://endoflife.date/amazon-eks and
 * https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html, read 2026-11-21).
 * EKS goes up one minor version at a time: raise it by one, run an update, raise it again.
 */
export const kubernetesVersion = "1.35";
