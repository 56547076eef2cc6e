/** How the cluster that is there is reached, and what it brings: `skyloom:existing`. */
export interface ExistingSettings {
  /** Path of the kubeconfig. Default: KUBECONFIG, else ~/.kube/config. */
  kubeconfig?: string | undefined;
  /** Default: the kubeconfig's current one. */
  context?: string | undefined;
  /** Default `skyloom`. */
  namespace: string;
  /** Of volumes. Default: the cluster's own. */
  storageClass?: string | undefined;
  /** An S3-compatible bucket as the runtime takes it: `s3://BUCKET?region=…&endpoint=…&forcePathStyle=true`. */
  bucket: string;
  /** An SQS-compatible queue as the runtime takes it: `sqs://ACCOUNT/NAME?deadLetters=…&region=…&endpoint=…`. */
  queue: string;
  /** Where images are pushed to and pulled from, without a tag. Default: that of `skyloom:image`. */
  registry?: string | undefined;
  /** Name of a secret of type kubernetes.io/dockerconfigjson in the namespace. Default: none is needed. */
  imagePullSecret?: string | undefined;
  /** Name of a secret in the namespace whose entries are the secrets of workflows. Default: they have none. */
  secrets?: string | undefined;
  /** Labels (and taints that pods must tolerate) of the nodes that have an accelerator, by its name. */
  accelerators: Record<string, AcceleratorNodes>;
}

export interface AcceleratorNodes {
  labels: Record<string, string>;
  /** Keys of taints. */
  taints: string[];
}

/** `skyloom:credentials`, a secret: for the bucket and the queue. */
export interface ExistingCredentials {
  accessKeyId: string;
  secretAccessKey: string;
}
