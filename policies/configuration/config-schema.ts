import type { PolicyConfigSchema } from "@pulumi/policy";
import { z } from "zod";
import { type SettingName, settingSchemas } from "./settings.ts";

/**
 * The schema by which the engine checks a rule's own configuration. Without `default`: the engine would fill it in, and
 * then it would win over what the stack says for all rules.
 */
export function configSchema(settings: readonly SettingName[]): PolicyConfigSchema {
  return { properties: Object.fromEntries(settings.map((name) => [name, jsonSchema(name)])) };
}

function jsonSchema(name: SettingName): PolicyConfigSchema["properties"][string] {
  const { $schema, ...schema } = z.toJSONSchema(settingSchemas[name]);
  return schema as PolicyConfigSchema["properties"][string];
}
