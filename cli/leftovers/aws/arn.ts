/** The parts of an ARN that matter here. */
export interface Arn {
  /** Service and kind, e.g. `ec2:volume`. */
  type: string;
  id: string;
  address: string;
  /** Empty where the resource has none. */
  region: string;
  account: string;
}

/** Services whose ARNs end in a name without a kind before it. */
const KINDS: { [service: string]: string } = { s3: "bucket", sqs: "queue", sns: "topic" };

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
export function parseArn(address: string): Arn {
  const [, , service = "", region = "", account = "", ...rest] = address.split(":");
  const resource = rest.join(":");
  const known = KINDS[service];
  const [, kind = known ?? "resource", id = resource] =
    known === undefined ? (/^([A-Za-z-]+)[/:](.+)$/.exec(resource) ?? []) : [];
  return { type: `${service}:${kind}`, id, address, region, account };
}
