import type { ShapeTable } from "./shape.ts";

const EC2 = "arn:aws:ec2:{region}:{account}";
const EKS = "arn:aws:eks:{region}:{account}";
const IAM = "arn:aws:iam::{account}";

// Ids as in the section "Import" of each resource's page (@pulumi/aws 7), ARNs as in the Service Authorization Reference.
export const awsShapes: ShapeTable = {
  "aws:ec2/vpc:Vpc": { id: "vpc-{hex17}", arn: `${EC2}:vpc/{id}` },
  "aws:ec2/subnet:Subnet": { id: "subnet-{hex17}", arn: `${EC2}:subnet/{id}` },
  "aws:ec2/internetGateway:InternetGateway": { id: "igw-{hex17}", arn: `${EC2}:internet-gateway/{id}` },
  "aws:ec2/natGateway:NatGateway": { id: "nat-{hex17}", arn: `${EC2}:natgateway/{id}` },
  "aws:ec2/eip:Eip": { id: "eipalloc-{hex17}", arn: `${EC2}:elastic-ip/{id}` },
  "aws:ec2/routeTable:RouteTable": { id: "rtb-{hex17}", arn: `${EC2}:route-table/{id}` },
  "aws:ec2/defaultRouteTable:DefaultRouteTable": { id: "rtb-{hex17}", arn: `${EC2}:route-table/{id}` },
  "aws:ec2/route:Route": { id: "r-{routeTableId}{digits10}" },
  "aws:ec2/routeTableAssociation:RouteTableAssociation": { id: "rtbassoc-{hex17}" },
  "aws:ec2/vpcEndpoint:VpcEndpoint": { id: "vpce-{hex17}", arn: `${EC2}:vpc-endpoint/{id}` },
  "aws:ec2/vpcEndpointRouteTableAssociation:VpcEndpointRouteTableAssociation": {
    id: "a-{vpcEndpointId}{digits10}",
  },
  "aws:ec2/flowLog:FlowLog": { id: "fl-{hex17}", arn: `${EC2}:vpc-flow-log/{id}` },
  "aws:ec2/securityGroup:SecurityGroup": { id: "sg-{hex17}", arn: `${EC2}:security-group/{id}` },
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": {
    id: "sg-{hex17}",
    arn: `${EC2}:security-group/{id}`,
  },
  "aws:ec2/securityGroupRule:SecurityGroupRule": { id: "sgrule-{digits10}" },
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": {
    id: "sgr-{hex17}",
    arn: `${EC2}:security-group-rule/{id}`,
  },
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": {
    id: "sgr-{hex17}",
    arn: `${EC2}:security-group-rule/{id}`,
  },
  "aws:ec2/networkAcl:NetworkAcl": { id: "acl-{hex17}", arn: `${EC2}:network-acl/{id}` },
  "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl": { id: "acl-{hex17}", arn: `${EC2}:network-acl/{id}` },
  "aws:ec2/launchTemplate:LaunchTemplate": { id: "lt-{hex17}", arn: `${EC2}:launch-template/{id}` },
  "aws:ec2/placementGroup:PlacementGroup": { id: "{name}", arn: `${EC2}:placement-group/{name}` },
  "aws:ec2/networkInterface:NetworkInterface": { id: "eni-{hex17}", arn: `${EC2}:network-interface/{id}` },
  "aws:ec2/instance:Instance": { id: "i-{hex17}", arn: `${EC2}:instance/{id}` },
  "aws:ebs/volume:Volume": { id: "vol-{hex17}", arn: `${EC2}:volume/{id}` },
  "aws:lb/loadBalancer:LoadBalancer": {
    id: "arn:aws:elasticloadbalancing:{region}:{account}:loadbalancer/app/{name}/{hex16}",
    arn: "{id}",
  },
  "aws:lb/targetGroup:TargetGroup": {
    id: "arn:aws:elasticloadbalancing:{region}:{account}:targetgroup/{name}/{hex16}",
    arn: "{id}",
  },
  "aws:eks/cluster:Cluster": { id: "{name}", arn: `${EKS}:cluster/{name}` },
  "aws:eks/nodeGroup:NodeGroup": {
    id: "{clusterName}:{nodeGroupName}",
    arn: `${EKS}:nodegroup/{clusterName}/{nodeGroupName}/{uuid}`,
    name: "nodeGroupName",
  },
  "aws:eks/addon:Addon": {
    id: "{clusterName}:{addonName}",
    arn: `${EKS}:addon/{clusterName}/{addonName}/{uuid}`,
  },
  "aws:eks/accessEntry:AccessEntry": {
    id: "{clusterName}:{principalArn}",
    arn: `${EKS}:access-entry/{clusterName}/role/{account}/{principalArn|base}/{uuid}`,
  },
  "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": {
    id: "{clusterName}#{principalArn}#{policyArn}",
  },
  "aws:eks/podIdentityAssociation:PodIdentityAssociation": {
    id: "a-{hex17}",
    arn: `${EKS}:podidentityassociation/{clusterName}/{id}`,
  },
  "aws:eks/fargateProfile:FargateProfile": {
    id: "{clusterName}:{fargateProfileName}",
    arn: `${EKS}:fargateprofile/{clusterName}/{fargateProfileName}/{uuid}`,
    name: "fargateProfileName",
  },
  "aws:iam/role:Role": { id: "{name}", arn: `${IAM}:role/{name}` },
  "aws:iam/policy:Policy": { id: `${IAM}:policy/{name}`, arn: "{id}" },
  "aws:iam/rolePolicy:RolePolicy": { id: "{role}:{name}" },
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": { id: "{role}/{policyArn}" },
  "aws:iam/instanceProfile:InstanceProfile": { id: "{name}", arn: `${IAM}:instance-profile/{name}` },
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider": {
    id: `${IAM}:oidc-provider/{url|host}`,
    arn: "{id}",
  },
  "aws:iam/user:User": { id: "{name}", arn: `${IAM}:user/{name}` },
  "aws:iam/accessKey:AccessKey": { id: "AKIA{digits16}" },
  "aws:iam/serviceLinkedRole:ServiceLinkedRole": {
    id: `${IAM}:role/aws-service-role/{awsServiceName}/AWSServiceRole`,
    arn: "{id}",
  },
  "aws:kms/key:Key": { id: "{uuid}", arn: "arn:aws:kms:{region}:{account}:key/{id}" },
  "aws:kms/alias:Alias": { id: "{name}", arn: "arn:aws:kms:{region}:{account}:{name}" },
  "aws:kms/keyPolicy:KeyPolicy": { id: "{keyId}" },
  "aws:s3/bucket:Bucket": { id: "{bucket}", arn: "arn:aws:s3:::{bucket}", name: "bucket" },
  "aws:s3/bucketV2:BucketV2": { id: "{bucket}", arn: "arn:aws:s3:::{bucket}", name: "bucket" },
  "aws:s3/bucketVersioning:BucketVersioning": { id: "{bucket}" },
  "aws:s3/bucketVersioningV2:BucketVersioningV2": { id: "{bucket}" },
  "aws:s3/bucketPolicy:BucketPolicy": { id: "{bucket}" },
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": { id: "{bucket}" },
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": { id: "{bucket}" },
  "aws:s3/bucketLogging:BucketLogging": { id: "{bucket}" },
  "aws:s3/bucketNotification:BucketNotification": { id: "{bucket}" },
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": { id: "{bucket}" },
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": {
    id: "{bucket}",
  },
  "aws:sqs/queue:Queue": {
    id: "https://sqs.{region}.amazonaws.com/{account}/{name}",
    arn: "arn:aws:sqs:{region}:{account}:{name}",
  },
  "aws:sqs/queuePolicy:QueuePolicy": { id: "{queueUrl}" },
  "aws:sqs/redrivePolicy:RedrivePolicy": { id: "{queueUrl}" },
  "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": { id: "{queueUrl}" },
  "aws:ecr/repository:Repository": { id: "{name}", arn: "arn:aws:ecr:{region}:{account}:repository/{name}" },
  "aws:ecr/lifecyclePolicy:LifecyclePolicy": { id: "{repository}" },
  "aws:ecr/repositoryPolicy:RepositoryPolicy": { id: "{repository}" },
  "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration": { id: "{account}" },
  "aws:budgets/budget:Budget": { id: "{account}:{name}", arn: "arn:aws:budgets::{account}:budget/{name}" },
  "aws:cloudwatch/logGroup:LogGroup": {
    id: "{name}",
    arn: "arn:aws:logs:{region}:{account}:log-group:{name}",
  },
  "aws:cloudwatch/metricAlarm:MetricAlarm": {
    id: "{name}",
    arn: "arn:aws:cloudwatch:{region}:{account}:alarm:{name}",
  },
  "aws:cloudwatch/eventRule:EventRule": {
    id: "{name}",
    arn: "arn:aws:events:{region}:{account}:rule/{name}",
  },
  "aws:cloudwatch/eventTarget:EventTarget": { id: "{rule}-{targetId}", name: "targetId" },
  "aws:sns/topic:Topic": { id: "arn:aws:sns:{region}:{account}:{name}", arn: "{id}" },
  "aws:sns/topicPolicy:TopicPolicy": { id: "{arn}" },
  "aws:sns/topicSubscription:TopicSubscription": { id: "{topic}:{uuid}", arn: "{id}" },
  "aws:secretsmanager/secret:Secret": {
    id: "arn:aws:secretsmanager:{region}:{account}:secret:{name}-{hex6}",
    arn: "{id}",
  },
  "aws:secretsmanager/secretVersion:SecretVersion": { id: "{secretId}|{uuid}" },
  "aws:ssm/parameter:Parameter": { id: "{name}", arn: "arn:aws:ssm:{region}:{account}:parameter/{name}" },
  "aws:rds/instance:Instance": {
    id: "{identifier}",
    arn: "arn:aws:rds:{region}:{account}:db:{identifier}",
    name: "identifier",
  },
  "aws:rds/subnetGroup:SubnetGroup": { id: "{name}", arn: "arn:aws:rds:{region}:{account}:subgrp:{name}" },
};
