/** Type tokens of @pulumi/aws that several rules look at. */
export const eksCluster = "aws:eks/cluster:Cluster";
export const nodeGroup = "aws:eks/nodeGroup:NodeGroup";
export const launchTemplate = "aws:ec2/launchTemplate:LaunchTemplate";
export const instance = "aws:ec2/instance:Instance";
export const launchConfiguration = "aws:ec2/launchConfiguration:LaunchConfiguration";
export const queue = "aws:sqs/queue:Queue";
export const ecrRepository = "aws:ecr/repository:Repository";
export const role = "aws:iam/role:Role";
export const vpc = "aws:ec2/vpc:Vpc";
/** The name before version 7 of the provider, and since. */
export const buckets = ["aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2"];
/** Outputs of a bucket that others name it by. */
export const bucketNames = ["id", "bucket"];
