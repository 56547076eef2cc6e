import type { RouteTable } from "@pulumi/aws/ec2/routeTable.js";
import { SecurityGroup } from "@pulumi/aws/ec2/securityGroup.js";
import type { Subnet } from "@pulumi/aws/ec2/subnet.js";
import type { Vpc } from "@pulumi/aws/ec2/vpc.js";
import { VpcEndpoint } from "@pulumi/aws/ec2/vpcEndpoint.js";
import { SecurityGroupIngressRule } from "@pulumi/aws/vpc/securityGroupIngressRule.js";
import type { Resource } from "@pulumi/pulumi";
import type { AwsContext } from "./foundation.ts";

export interface EndpointPlace {
  vpc: Vpc;
  /** Of the whole VPC. */
  range: string;
  subnets: Subnet[];
  tables: RouteTable[];
}

/** What nodes and workloads call all the time; these endpoints bill by the hour and zone, so only production has them. */
const interfaces = ["ecr.api", "ecr.dkr", "sts", "sqs"];

/** Ways to AWS's own services that do not leave its network: S3 always (it is free), the others in production. */
export function createEndpoints(context: AwsContext, place: EndpointPlace): Resource[] {
  const { names, parent, production, region, tags } = context;
  const named = (what: string) => ({ ...tags, Name: `${names.cluster}-${what}` });
  const storage = new VpcEndpoint(
    "endpoint-s3",
    {
      vpcId: place.vpc.id,
      serviceName: `com.amazonaws.${region}.s3`,
      vpcEndpointType: "Gateway",
      routeTableIds: place.tables.map((table) => table.id),
      tags: named("s3"),
    },
    { parent },
  );
  if (!production) return [storage];
  const group = createGroup(context, place);
  return [
    storage,
    ...interfaces.map(
      (service) =>
        new VpcEndpoint(
          `endpoint-${service.replace(".", "-")}`,
          {
            vpcId: place.vpc.id,
            serviceName: `com.amazonaws.${region}.${service}`,
            vpcEndpointType: "Interface",
            privateDnsEnabled: true,
            subnetIds: place.subnets.map((subnet) => subnet.id),
            securityGroupIds: [group.id],
            tags: named(service),
          },
          { parent },
        ),
    ),
  ];
}

/** HTTPS from inside the VPC, and nothing out. */
function createGroup({ names, parent, tags }: AwsContext, { vpc, range }: EndpointPlace): SecurityGroup {
  const name = `${names.cluster}-endpoints`;
  const group = new SecurityGroup(
    "endpoints",
    { name, description: "HTTPS to endpoints of AWS services", vpcId: vpc.id, tags: { ...tags, Name: name } },
    { parent },
  );
  new SecurityGroupIngressRule(
    "endpoints",
    { securityGroupId: group.id, cidrIpv4: range, ipProtocol: "tcp", fromPort: 443, toPort: 443, tags },
    { parent },
  );
  return group;
}
