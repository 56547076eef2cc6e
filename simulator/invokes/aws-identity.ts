import { ProviderError } from "../provider-error.ts";
import { AWS_ACCOUNT } from "../session.ts";
import { isProperties, type Properties, textAt } from "../values.ts";
import type { InvokeContext } from "./invoke.ts";

const ROLE = "aws:iam/role:Role";

/** A user; or the session of the last role that the provider is configured to assume. */
export function callerIdentity({ session }: InvokeContext): Properties {
  const roles = session.config.assumeRoles;
  const assumed = Array.isArray(roles) ? roles.filter(isProperties).at(-1) : undefined;
  const roleName = (assumed && textAt(assumed, "roleArn"))?.split("/").at(-1);
  const name = (assumed && textAt(assumed, "sessionName")) ?? "pulumi";
  const caller =
    roleName === undefined
      ? { arn: `arn:aws:iam::${AWS_ACCOUNT}:user/simulated`, userId: "AIDASIMULATED000USER1" }
      : {
          arn: `arn:aws:sts::${AWS_ACCOUNT}:assumed-role/${roleName}/${name}`,
          userId: `AROASIMULATED000ROLE1:${name}`,
        };
  return { accountId: AWS_ACCOUNT, id: AWS_ACCOUNT, ...caller };
}

/** The role behind a session; other ARNs come back as they are. */
export function sessionContext({ inputs, store, seed }: InvokeContext): Properties {
  const arn = textAt(inputs, "arn") ?? "";
  const [, account, roleName, sessionName] =
    /^arn:[\w-]+:sts::(\d+):assumed-role\/([^/]+)\/(.+)$/.exec(arn) ?? [];
  if (account === undefined || roleName === undefined)
    return { id: arn, arn, issuerArn: arn, issuerId: "", issuerName: "", sessionName: "" };
  const made = store.get(ROLE, roleName);
  if (!made && account !== AWS_ACCOUNT)
    throw new ProviderError(
      "not-found",
      `reading IAM Role (${roleName}): operation error IAM: GetRole, https response error StatusCode: 404, NoSuchEntity: The role with name ${roleName} cannot be found.`,
    );
  return {
    id: arn,
    arn,
    issuerArn: (made && textAt(made.outputs, "arn")) ?? `arn:aws:iam::${account}:role/${roleName}`,
    issuerId: `AROA${seed.hex(17).toUpperCase()}`,
    issuerName: roleName,
    sessionName: sessionName ?? "",
  };
}
