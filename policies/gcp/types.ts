/** Type tokens of @pulumi/gcp that several rules look at. */
export const gkeCluster = "gcp:container/cluster:Cluster";
export const nodePool = "gcp:container/nodePool:NodePool";
export const bucket = "gcp:storage/bucket:Bucket";
export const topic = "gcp:pubsub/topic:Topic";
export const subscription = "gcp:pubsub/subscription:Subscription";
/** Who may do what on anything: one member, the members of one role, a whole policy. */
export const members = ["gcp:*IAMMember", "gcp:*IamMember"];
export const bindings = ["gcp:*IAMBinding", "gcp:*IamBinding"];
export const policies = ["gcp:*IAMPolicy", "gcp:*IamPolicy"];
