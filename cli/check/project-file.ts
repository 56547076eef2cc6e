import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parse } from "yaml";
import { CannotRun } from "../output.ts";

/** A Pulumi project whose program runs in Node. */
export interface Project {
  name: string;
  folder: string;
  /** The program's file. */
  entry: string;
  /** Where the stacks' files are. */
  stackFolder: string;
  /** As declared in Pulumi.yaml, by key with or without a namespace. */
  config: Record<string, unknown>;
}

export type ConfigTypeName = "string" | "integer" | "boolean" | "array" | "object";
interface ItemType {
  type: ConfigTypeName;
  items?: ItemType;
}

/** One setting that Pulumi.yaml declares. */
export interface ConfigType {
  type?: ConfigTypeName;
  items?: ItemType;
  default?: unknown;
  value?: unknown;
  secret?: boolean;
}

/** @throws CannotRun where there is no project, or its program cannot be run in Node. */
export function readProject(folder: string): Project {
  const file = join(folder, "Pulumi.yaml");
  if (!existsSync(file))
    throw new CannotRun(`there is no Pulumi project in ${folder}: it has no Pulumi.yaml`);
  const { name, runtime, main, stackConfigDir, config } = parse(readFileSync(file, "utf8")) as {
    name: string;
    runtime: string | { name: string };
    main?: string;
    stackConfigDir?: string;
    config?: Record<string, unknown>;
  };
  const language = typeof runtime === "string" ? runtime : runtime.name;
  if (language !== "nodejs")
    throw new CannotRun(
      `${file}: programs of runtime ${language} cannot be run here; check a plan instead: --plan FILE`,
    );
  for (const [key, type] of Object.entries(config ?? {}))
    if (
      key.includes(":") &&
      !key.startsWith(`${name}:`) &&
      (type as ConfigType | null)?.default !== undefined
    )
      throw new CannotRun(
        `${file}: ${key} is another namespace's: the engine takes a value for it, no default`,
      );
  return {
    name,
    folder,
    entry: entryOf(folder, main),
    stackFolder: join(folder, stackConfigDir ?? ""),
    config: config ?? {},
  };
}

function entryOf(folder: string, main = ""): string {
  const path = join(folder, main);
  if (/\.[cm]?[jt]s$/.test(path)) return path;
  const found = ["index.ts", "index.mts", "index.js", "index.mjs", "index.cjs"]
    .map((name) => join(path, name))
    .find((candidate) => existsSync(candidate));
  if (found === undefined) throw new CannotRun(`there is no program in ${path}: no index.ts or index.js`);
  return found;
}

export function hasStack(project: Project, stack: string): boolean {
  return existsSync(fileOfStack(project, stack));
}

function fileOfStack({ stackFolder }: Project, stack: string): string {
  return join(stackFolder, `Pulumi.${stack}.yaml`);
}

/** @throws CannotRun that lists the stacks there are. */
export function stackFileOf(project: Project, stack: string): string {
  if (!/^[A-Za-z0-9._-]{1,100}$/.test(stack))
    throw new CannotRun(`"${stack}" is no stack name: use letters, digits, dots, hyphens and underscores`);
  const file = fileOfStack(project, stack);
  if (existsSync(file)) return file;
  const stacks = readdirSync(project.stackFolder).flatMap(
    (name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1] ?? [],
  );
  throw new CannotRun(
    `there is no stack "${stack}": ${relative(project.folder, file)} does not exist.\n` +
      `Stacks here: ${stacks.join(", ") || "none"}.`,
  );
}

/** The declared settings by `namespace:key`. A plain value stands for its default. */
export function declaredConfig({ name, config }: Project): [string, ConfigType][] {
  return Object.entries(config).map(([key, declared]) => [
    key.includes(":") ? key : `${name}:${key}`,
    typeof declared === "object" && declared !== null && !Array.isArray(declared)
      ? (declared as ConfigType)
      : { default: declared },
  ]);
}

/** As the command line's ValidateConfigValue (sdk/go/common/workspace/project.go in pulumi/pulumi 3.259). */
export function isOfType(type: ConfigTypeName, items: ItemType | undefined, value: unknown): boolean {
  switch (type) {
    // A scalar of the file is text for the command line.
    case "string":
      return typeof value !== "object";
    case "integer":
      return Number.isInteger(value) || (typeof value === "string" && /^[+-]?\d+$/.test(value));
    case "boolean":
      return typeof value === "boolean" || value === "true" || value === "false";
    case "object":
      return typeof value === "object" && value !== null && !Array.isArray(value);
    case "array":
      return (
        Array.isArray(value) &&
        items !== undefined &&
        value.every((item) => isOfType(items.type, items.items, item))
      );
  }
}

/** `array<object>` and the like. */
export function typeName(type: ConfigTypeName, items: ItemType | undefined): string {
  return type === "array" && items !== undefined ? `array<${typeName(items.type, items.items)}>` : type;
}
