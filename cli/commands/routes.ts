import type { Command } from "commander";
import { begin, type RuntimeOptions, withRuntimeOptions } from "../options.ts";
import { type Output, styled, table } from "../output.ts";
import { readJsonObject } from "../read-json-object.ts";
import { connect } from "../runtime-client.ts";

interface ChangeOptions extends RuntimeOptions {
  person: string;
}

/** Of what the runtime answers, as far as it is shown. */
interface RouteSummary {
  name: string;
  kind: string;
  revision: number;
  changedAt: string;
  promoted?: string;
}

interface ShownRoute extends RouteSummary {
  route: { targets: Record<string, { model: string; version?: number; alias?: string }> };
  history: { revision: number; action: string; at: string; person?: string; promoted?: string }[];
  /** Of bandits, by target. */
  rewards?: Record<string, { count: number; mean: number | null }>;
}

export function addRoutesCommand(program: Command): void {
  const routes = program
    .command("routes")
    .description("names that send each request to one of several models");
  const changing = (command: Command) =>
    withRuntimeOptions(command).option("--person <name>", "who changes it", process.env.USER ?? "unknown");
  withRuntimeOptions(routes.command("list")).description("routes").action(list);
  withRuntimeOptions(routes.command("show <name>"))
    .description("a route's targets, what they earned, and its history")
    .action(show);
  changing(routes.command("put <name> <file>"))
    .description("create or replace a route: a JSON file as in docs/routing.md; - reads standard input")
    .action(put);
  changing(routes.command("promote <name> <target>"))
    .description("send everything to one target")
    .action((name, target, options) => change(name, "promote", { target }, options));
  changing(routes.command("rollback <name>"))
    .description("take the last put or promote back; once more takes back the one before")
    .action((name, options) => change(name, "rollback", {}, options));
  withRuntimeOptions(routes.command("delete <name>"))
    .description("delete a route, with what was learnt")
    .action(remove);
}

const pathOf = (name: string) => `/v1/routes/${encodeURIComponent(name)}`;

async function list(options: RuntimeOptions): Promise<void> {
  const output = begin(options);
  const { client } = await connect(options);
  const answer = await client.request<{ routes: RouteSummary[] }>("GET", "/v1/routes");
  output.document(answer);
  if (output.json) return;
  const rows = answer.routes.map(({ name, kind, revision, changedAt, promoted }) => [
    name,
    kind,
    String(revision),
    changedAt,
    promoted ?? "",
  ]);
  output.line(table([["ROUTE", "KIND", "REVISION", "CHANGED", "PROMOTED"], ...rows]));
}

async function show(name: string, options: RuntimeOptions): Promise<void> {
  const output = begin(options);
  const { client } = await connect(options);
  const route = await client.request<ShownRoute>("GET", pathOf(name));
  output.document(route);
  if (!output.json) describe(route, output);
}

function describe({ name, kind, promoted, route, rewards = {}, history }: ShownRoute, output: Output): void {
  output.line(`route ${name}: ${kind}${promoted === undefined ? "" : `, everything goes to ${promoted}`}`);
  const targets = Object.entries(route.targets).map(([target, { model, version, alias }]) => {
    const { count, mean } = rewards[target] ?? { count: 0, mean: null };
    return [target, model, String(version ?? alias ?? "current"), earned(count, mean)];
  });
  output.line(table([["TARGET", "MODEL", "VERSION", "REWARDS"], ...targets]));
  const changes = history.map(({ revision, action, at, person, promoted: target }) => [
    String(revision),
    action,
    target ?? "",
    at,
    person ?? "",
  ]);
  output.line(table([["REVISION", "CHANGE", "TARGET", "AT", "BY"], ...changes]));
}

function earned(count: number, mean: number | null): string {
  return mean === null ? "" : `${Math.round(count)}, ${mean.toFixed(3)} on average`;
}

async function put(name: string, file: string, { person, ...options }: ChangeOptions): Promise<void> {
  const output = begin(options);
  const document = await readJsonObject(file, '{"kind": …, "targets": {…}, …}');
  const { client } = await connect(options);
  const query = new URLSearchParams({ person });
  tell(await client.request<ShownRoute>("PUT", `${pathOf(name)}?${query}`, document), output);
}

async function change(
  name: string,
  action: "promote" | "rollback",
  order: object,
  { person, ...options }: ChangeOptions,
): Promise<void> {
  const output = begin(options);
  const { client } = await connect(options);
  tell(await client.request<ShownRoute>("POST", `${pathOf(name)}:${action}`, { ...order, person }), output);
}

function tell(route: ShownRoute, output: Output): void {
  output.document(route);
  const { name, revision, kind, promoted } = route;
  const now = promoted === undefined ? `chooses by ${kind}` : `sends everything to ${promoted}`;
  output.line(`${styled("green", "✓")} route ${name} ${now}, revision ${revision}`);
}

async function remove(name: string, options: RuntimeOptions): Promise<void> {
  const output = begin(options);
  const { client } = await connect(options);
  await client.request("DELETE", pathOf(name));
  output.document({ route: name, deleted: true });
  output.line(`route ${name} is deleted`);
}
