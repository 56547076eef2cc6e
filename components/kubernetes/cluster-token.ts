import type * as inputs from "@pulumi/kubernetes/types/input.js";

const NAME = "cluster-token";
/** Where Kubernetes' clients look for it. */
const FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount";
const LIFE_SECONDS = 3600;

/**
 * A token for the cluster's API that is this pod's and ends with it, instead of the one that Kubernetes mounts unasked: that
 * one says an hour and is taken for a year, for clients that do not read their file again.
 */
export const clusterToken = {
  volume: {
    name: NAME,
    projected: {
      defaultMode: 0o440,
      sources: [
        // Without an audience it is for the cluster's API, whose name each cloud chooses.
        { serviceAccountToken: { path: "token", expirationSeconds: LIFE_SECONDS } },
        { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
        { downwardAPI: { items: [{ path: "namespace", fieldRef: { fieldPath: "metadata.namespace" } }] } },
      ],
    },
  },
  mount: { name: NAME, mountPath: FOLDER, readOnly: true },
} satisfies { volume: inputs.core.v1.Volume; mount: inputs.core.v1.VolumeMount };
