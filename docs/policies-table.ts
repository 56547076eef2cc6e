import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { configSchema } from "../policies/configuration/config-schema.ts";
import { type SettingName, settingSchemas } from "../policies/configuration/settings.ts";
import { controls } from "../policies/controls.ts";
import { rules } from "../policies/policies.ts";
import { isStackRule, type Rule } from "../policies/rule.ts";

// Writes the tables of docs/policies.md: node docs/policies-table.ts
export const documentFile = fileURLToPath(new URL("policies.md", import.meta.url));

/** The document with its tables as the pack has them now. */
export function withTables(document: string): string {
  return [
    ["rules", rulesTable()],
    ["settings", settingsTable()],
  ].reduce(
    (text, [name, table]) =>
      text.replace(
        new RegExp(`(<!-- ${name} -->\n)[^]*?(<!-- end of ${name} -->)`),
        (_, begin, end) => `${begin}${table}\n${end}`,
      ),
    document,
  );
}

function rulesTable(): string {
  const rows = rules.map((rule) => [
    `\`${rule.name}\``,
    rule.description,
    rule.severity,
    rule.framework
      ? `${rule.framework.name.match(/EKS|AKS|GKE/)?.[0]} ${rule.framework.version}: ${rule.framework.reference}`
      : "",
    controlsOf(rule).join(", "),
    isStackRule(rule) ? "stack" : rule.remediate ? "resource, mends" : "resource",
    (rule.settings ?? []).join(", "),
  ]);
  return table(["rule", "what holds", "severity", "CIS benchmark", "control", "looks at", "settings"], rows);
}

function settingsTable(): string {
  const { properties } = configSchema(Object.keys(settingSchemas) as SettingName[]);
  return table(
    ["setting", "type", "what"],
    Object.entries(properties).map(([name, schema]) => [
      `\`${name}\``,
      String(schema.type),
      schema.description ?? "",
    ]),
  );
}

function controlsOf({ name }: Rule): string[] {
  return Object.entries(controls).flatMap(([number, names]) => (names.includes(name) ? [number] : []));
}

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(documentFile, withTables(readFileSync(documentFile, "utf8")));
