import { getVolume } from "@pulumi/aws/ebs/getVolume.js";
import { getInstance } from "@pulumi/aws/ec2/getInstance.js";
import { getNatGateway } from "@pulumi/aws/ec2/getNatGateway.js";
import { getKey } from "@pulumi/aws/kms/getKey.js";
import { details, quoted } from "../ask.ts";
import { type Billing, type Leftover, type Lingering, nothing, service, unknown } from "../leftover.ts";
import { type Arn, parseArn } from "./arn.ts";

/** Besides its type: what a resource says of itself. */
type Particulars = Pick<Leftover, "billing" | "lingering">;

/** What the tagging service lists under an ARN; undefined where the resource itself is gone, as its index is late. */
export async function describe(text: string): Promise<Leftover | undefined> {
  const arn = parseArn(text);
  const particulars = await (ASK[arn.type]?.(arn) ?? { billing: BILLING[arn.type] ?? unknown });
  if (particulars === "gone") return undefined;
  const { type, id, region } = arn;
  return { type, id, address: text, region: region || "global", ...particulars, removal: removalOf(arn) };
}

const hour = { natGateways: 1, loadBalancers: 1, publicAddresses: 1, encryptionKeys: 1 };

/** What never changes with the resource; a type in no table is unknown. */
const BILLING: { [type: string]: Billing } = {
  ...Object.fromEntries(
    [
      "autoscaling:autoScalingGroup",
      "budgets:budget",
      "ec2:carrier-gateway",
      "ec2:dhcp-options",
      "ec2:internet-gateway",
      "ec2:launch-template",
      "ec2:network-acl",
      "ec2:network-interface",
      "ec2:placement-group",
      "ec2:route-table",
      "ec2:security-group",
      "ec2:security-group-rule",
      "ec2:subnet",
      "ec2:vpc",
      "ec2:vpc-flow-log",
      "eks:access-entry",
      "eks:addon",
      // Its instances are listed, too, and billed.
      "eks:nodegroup",
      "eks:podidentityassociation",
      "elasticloadbalancing:listener",
      "elasticloadbalancing:listener-rule",
      "elasticloadbalancing:targetgroup",
      "iam:instance-profile",
      "iam:oidc-provider",
      "iam:policy",
      "kms:alias",
    ].map((type) => [type, nothing]),
  ),
  "ec2:elastic-ip": service("public-address", hour),
  "ecr:repository": service("registry-storage", { registryGb: "unknown" }),
  "eks:cluster": service("control-plane-standard", {}),
  "elasticloadbalancing:loadbalancer": service("load-balancer", hour),
  "logs:log-group": service("log-ingestion", { logGb: "unknown" }),
  "s3:bucket": service("bucket-storage", { bucketGb: "unknown" }),
  "sqs:queue": service("queue-requests", { queueRequests: "unknown" }),
};

/** Types whose price, or whose existence, only the resource itself tells. */
const ASK: { [type: string]: (arn: Arn) => Promise<Particulars | "gone"> } = {
  "ec2:volume": async ({ id, region }) => {
    const found = await details(() => getVolume({ region, filters: [{ name: "volume-id", values: [id] }] }));
    if (found === "gone") return found;
    const gib = found === "unknown" ? "unknown" : found.size;
    return { billing: gib === "unknown" ? unknown : service("node-disk", { nodeDiskGib: gib }) };
  },
  "ec2:instance": async ({ id, region }) => {
    const found = await details(() => getInstance({ region, instanceId: id }));
    if (found === "gone" || (found !== "unknown" && found.instanceState === "terminated")) return "gone";
    if (found === "unknown") return { billing: unknown };
    const { instanceState, instanceType: machineType } = found;
    const lingering = underWay(instanceState === "shutting-down");
    return { billing: { kind: "machines", machineType, purchase: "on-demand", count: 1 }, ...lingering };
  },
  "ec2:natgateway": async ({ id, region }) => {
    const found = await details(() => getNatGateway({ region, id }));
    if (found === "gone" || (found !== "unknown" && found.state === "deleted")) return "gone";
    const lingering = found === "unknown" ? {} : underWay(found.state === "deleting");
    return { billing: service("nat-gateway", hour), ...lingering };
  },
  "kms:key": async ({ address, region }) => {
    const found = await details(() => getKey({ region, keyId: address }));
    if (found === "gone") return found;
    if (found === "unknown" || found.keyState !== "PendingDeletion")
      return { billing: service("encryption-key", hour) };
    const until = found.deletionDate;
    const why = "a key that is to be deleted waits until then, and can be brought back; it bills nothing";
    return { billing: nothing, lingering: { why, ...(until && { until }) } };
  },
};

function underWay(is: boolean): { lingering?: Lingering } {
  return is ? { lingering: { why: "is being deleted" } } : {};
}

/** Commands that take the id; `$1` stands for it. */
const REMOVALS: { [type: string]: string } = {
  "ec2:elastic-ip": "ec2 release-address --allocation-id $1",
  "ec2:instance": "ec2 terminate-instances --instance-ids $1",
  "ec2:internet-gateway": "ec2 delete-internet-gateway --internet-gateway-id $1",
  "ec2:launch-template": "ec2 delete-launch-template --launch-template-id $1",
  "ec2:natgateway": "ec2 delete-nat-gateway --nat-gateway-id $1",
  "ec2:network-interface": "ec2 delete-network-interface --network-interface-id $1",
  "ec2:route-table": "ec2 delete-route-table --route-table-id $1",
  "ec2:security-group": "ec2 delete-security-group --group-id $1",
  "ec2:snapshot": "ec2 delete-snapshot --snapshot-id $1",
  "ec2:subnet": "ec2 delete-subnet --subnet-id $1",
  "ec2:volume": "ec2 delete-volume --volume-id $1",
  "ec2:vpc": "ec2 delete-vpc --vpc-id $1",
  "ec2:vpc-endpoint": "ec2 delete-vpc-endpoints --vpc-endpoint-ids $1",
  "ec2:vpc-flow-log": "ec2 delete-flow-logs --flow-log-ids $1",
  "ecr:repository": "ecr delete-repository --force --repository-name $1",
  "eks:cluster": "eks delete-cluster --name $1",
  "kms:key": "kms schedule-key-deletion --key-id $1",
  "logs:log-group": "logs delete-log-group --log-group-name $1",
  "s3:bucket": "s3 rb --force s3://$1",
};

function removalOf({ type, id, address, region, account }: Arn): string {
  const at = region === "" ? "" : ` --region ${region}`;
  const command = REMOVALS[type];
  if (command !== undefined) return `aws ${command.replace("$1", quoted(id))}${at}`;
  if (type === "elasticloadbalancing:loadbalancer")
    return /^(app|net|gwy)\//.test(id)
      ? `aws elbv2 delete-load-balancer --load-balancer-arn ${quoted(address)}${at}`
      : `aws elb delete-load-balancer --load-balancer-name ${quoted(id)}${at}`;
  if (type === "elasticloadbalancing:targetgroup")
    return `aws elbv2 delete-target-group --target-group-arn ${quoted(address)}${at}`;
  if (type === "eks:nodegroup") {
    const [cluster = "", name = ""] = id.split("/");
    return `aws eks delete-nodegroup --cluster-name ${quoted(cluster)} --nodegroup-name ${quoted(name)}${at}`;
  }
  if (type === "secretsmanager:secret")
    return `aws secretsmanager delete-secret --secret-id ${quoted(address)}${at}`;
  if (type === "sqs:queue")
    return `aws sqs delete-queue --queue-url https://sqs.${region}.amazonaws.com/${account}/${id}${at}`;
  const console = region || "us-east-1";
  return `the service's page in https://console.aws.amazon.com/resource-groups/tag-editor/find-resources?region=${console}`;
}
