import { listOf } from "../property-path.ts";
import type { Properties } from "../rule.ts";

/** The statements of a policy, which comes as JSON or as an object; none where there is no policy. */
export function statementsOf(policy: unknown): Properties[] {
  if (policy === undefined || policy === null || policy === "") return [];
  const document = typeof policy === "string" ? JSON.parse(policy) : policy;
  return listOf(document.Statement);
}

export function allows(statement: Properties): boolean {
  return statement.Effect === "Allow";
}

/** Whether the statement is about everybody, AWS's customers and others. */
export function isForEverybody({ Principal }: Properties): boolean {
  return Principal === "*" || listOf(Principal?.AWS).includes("*");
}

/** `*` and `*:*` alike. */
export function hasWildcard(value: unknown): boolean {
  return listOf(value).some((each) => /^\*(:\*)?$/.test(each));
}

export function deniesWithoutTls(policy: unknown): boolean {
  return statementsOf(policy).some(
    (statement) =>
      statement.Effect === "Deny" &&
      isForEverybody(statement) &&
      String(statement.Condition?.Bool?.["aws:SecureTransport"]) === "false",
  );
}
