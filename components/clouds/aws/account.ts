import { getCallerIdentity } from "@pulumi/aws/getCallerIdentity.js";
import { getRegion } from "@pulumi/aws/getRegion.js";
import { getSessionContext } from "@pulumi/aws/iam/getSessionContext.js";

export interface AwsAccount {
  id: string;
  /** `aws`, `aws-cn`, `aws-us-gov`. */
  partition: string;
  /** ARN of the role or user that the update runs as; of a role's session, the role. */
  caller: string;
  /** Where the provider works. */
  region: string;
}

/** @returns the account of the login, or what is wrong with the login. */
export async function readAccount(): Promise<AwsAccount | { problem: string }> {
  try {
    const [{ accountId, arn }, { region }] = await Promise.all([getCallerIdentity({}), getRegion({})]);
    const partition = arn.split(":")[1] ?? "aws";
    return { id: accountId, partition, caller: await principalOf(arn), region };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return {
      problem: `the login at AWS cannot be used: ${reason}. Log in with aws sso login, or set AWS_PROFILE; aws sts get-caller-identity and pulumi config get aws:region show what is there`,
    };
  }
}

/** EKS takes roles and users, no sessions; only IAM knows the path of a session's role. */
async function principalOf(arn: string): Promise<string> {
  if (!arn.includes(":assumed-role/")) return arn;
  return (await getSessionContext({ arn })).issuerArn;
}
