import { isProperties, type Properties, type Value } from "../values.ts";
import type { InvokeContext } from "./invoke.ts";

function objects(value: Value | undefined): Properties[] {
  return Array.isArray(value) ? value.filter(isProperties) : [];
}

function strings(value: Value | undefined): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

/** One text as it is, several as a sorted list: how the provider writes them. */
function oneOrMany(values: string[]): Value {
  return values.length === 1 && values[0] !== undefined ? values[0] : [...values].sort().reverse();
}

function principals(list: Properties[]): Value {
  const result: { [type: string]: Value } = {};
  for (const principal of list) {
    const identifiers = strings(principal.identifiers);
    const type = String(principal.type);
    if (type === "*" && identifiers.includes("*")) return "*";
    result[type] = oneOrMany(identifiers);
  }
  return result;
}

function conditions(list: Properties[]): Properties {
  const result: { [test: string]: Properties } = {};
  for (const condition of list) {
    const test = String(condition.test);
    result[test] = {
      ...result[test],
      [String(condition.variable)]: oneOrMany(strings(condition.values)),
    };
  }
  return result;
}

function statement(source: Properties): Properties {
  const result: Properties = {};
  if (typeof source.sid === "string" && source.sid !== "") result.Sid = source.sid;
  result.Effect = source.effect ?? "Allow";
  const lists: [string, string][] = [
    ["Action", "actions"],
    ["NotAction", "notActions"],
    ["Resource", "resources"],
    ["NotResource", "notResources"],
  ];
  for (const [name, property] of lists) {
    const values = strings(source[property]);
    if (values.length > 0) result[name] = oneOrMany(values);
  }
  const who = objects(source.principals);
  if (who.length > 0) result.Principal = principals(who);
  const whoNot = objects(source.notPrincipals);
  if (whoNot.length > 0) result.NotPrincipal = principals(whoNot);
  const when = objects(source.conditions);
  if (when.length > 0) result.Condition = conditions(when);
  return result;
}

/** The JSON policy that aws.iam.getPolicyDocument makes of its arguments. */
export function policyDocument(context: InvokeContext): Properties {
  const { inputs } = context;
  const sources = strings(inputs.sourcePolicyDocuments).flatMap((text) => {
    const parsed = JSON.parse(text) as Properties;
    const statements = parsed.Statement;
    return Array.isArray(statements) ? statements : statements === undefined ? [] : [statements];
  });
  const document: Properties = { Version: inputs.version ?? "2012-10-17" };
  if (typeof inputs.policyId === "string") document.Id = inputs.policyId;
  document.Statement = [...sources, ...objects(inputs.statements).map(statement)];
  return {
    id: context.seed.digits(10, JSON.stringify(document)),
    json: JSON.stringify(document, undefined, 2),
    minifiedJson: JSON.stringify(document),
  };
}
