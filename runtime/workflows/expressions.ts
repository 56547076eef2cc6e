import { type ASTNode, Environment, EvaluationError, Optional, type ParseError } from "@marcbachmann/cel-js";
import { Duration, UnsignedInt } from "@marcbachmann/cel-js/evaluator";
import { ApiError, errorMessage } from "../errors.ts";
import type { Grant } from "./admission/amounts.ts";
import type { Json } from "./workflow.ts";

/** What expressions see. */
export interface Scope {
  inputs: Record<string, Json>;
  tasks: Record<string, { state: string; outputs: Json }>;
  run: { id: string };
  /** What each artifact is: see artifacts.ts. */
  artifacts?: Record<string, Json>;
  /** What the task was granted of its `resources`. */
  resources?: Grant;
  /** Of a task that runs its body for each item: the item and its number from 0. */
  item?: Json;
  index?: number;
  /** Of the condition on an awaited event: the event; its time is RFC 3339. */
  event?: { name: string; data: Json; time: string };
  /** Of a schedule's inputs: when the run was due, RFC 3339. */
  schedule?: { time: string };
}

/** What every expression of a task sees. */
export const commonVariables: readonly string[] = ["inputs", "tasks", "artifacts", "run"];

/** One place in an expression that looks at something: `tasks.detect.outputs` is root `tasks`, path [detect, outputs]. */
export interface Reference {
  root: string;
  path: string[];
  /** Characters from the start of the expression. */
  offset: number;
}

export interface Expression {
  source: string;
  references: Reference[];
  /** @throws ApiError `expression-failed` (422) that names the expression. */
  evaluate(scope: Scope): Json;
}

/** Syntax or type error in an expression; `offset` is in characters from its start. */
export class ExpressionSyntaxError extends Error {
  override readonly name = "ExpressionSyntaxError";
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

const environment = createEnvironment();
const compiled = new Map<string, Expression>();
const maximumCompiled = 2000;

/**
 * Compiles a CEL expression over `inputs`, `tasks` and `run`. No clock and no randomness are in reach, so the
 * value depends on the scope alone.
 * @throws ExpressionSyntaxError
 */
export function compileExpression(source: string): Expression {
  const known = compiled.get(source);
  if (known !== undefined) return known;
  const expression = compile(source);
  if (compiled.size >= maximumCompiled) compiled.clear();
  compiled.set(source, expression);
  return expression;
}

function compile(source: string): Expression {
  let program: ReturnType<Environment["parse"]>;
  try {
    program = environment.parse(source);
  } catch (error) {
    throw syntaxError(error);
  }
  const checked = program.check();
  if (!checked.valid) throw syntaxError(checked.error);
  return {
    source,
    references: references(program.ast),
    evaluate: (scope) => {
      try {
        return plain(program(scope));
      } catch (error) {
        const reason = error instanceof EvaluationError ? error.summary : errorMessage(error);
        throw new ApiError(`expression \${${source}} failed: ${reason}`, {
          status: 422,
          code: "expression-failed",
          cause: error,
        });
      }
    },
  };
}

function syntaxError(error: unknown): ExpressionSyntaxError {
  const { summary, range } = error as Partial<ParseError>;
  const hint = summary?.startsWith("Unknown variable")
    ? `; expressions see ${commonVariables.join(", ")} (a name with "-" is written tasks["a-b"])`
    : "";
  return new ExpressionSyntaxError(`${summary ?? errorMessage(error)}${hint}`, range?.start ?? 0);
}

/** JSON numbers are doubles and CEL literals are ints; CEL by itself refuses `inputs.count + 1`. */
function createEnvironment(): Environment {
  const result = new Environment({
    unlistedVariablesAreDyn: false,
    homogeneousAggregateLiterals: false,
    enableOptionalTypes: true,
    limits: { maxAstNodes: 10_000, maxDepth: 100 },
  })
    .registerVariable("inputs", "map")
    .registerVariable("tasks", "map")
    .registerVariable("run", "map")
    .registerVariable("artifacts", "map")
    // Known in some places only, which the check of a workflow's references knows.
    .registerVariable("resources", "map")
    .registerVariable("item", "dyn")
    .registerVariable("index", "dyn")
    .registerVariable("event", "map")
    .registerVariable("schedule", "map");
  const arithmetic: Record<string, (a: number, b: number) => number> = {
    "+": (a, b) => a + b,
    "-": (a, b) => a - b,
    "*": (a, b) => a * b,
    "/": (a, b) => a / b,
    "%": (a, b) => a % b,
  };
  for (const [operator, calculate] of Object.entries(arithmetic))
    for (const [left, right] of [
      ["double", "int"],
      ["int", "double"],
    ])
      result.registerOperator(`${left} ${operator} ${right}: double`, (a, b) =>
        calculate(Number(a), Number(b)),
      );
  result.registerOperator("double % double: double", (a, b) => a % b);
  return result;
}

/** The JSON form of a CEL value. */
function plain(value: unknown): Json {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      if (!Number.isFinite(value)) throw new Error(`the value ${value} has no JSON form`);
      return value;
    case "bigint":
      if (value > BigInt(Number.MAX_SAFE_INTEGER) || value < BigInt(Number.MIN_SAFE_INTEGER))
        throw new Error(`the integer ${value} does not fit a JSON number exactly`);
      return Number(value);
    case "undefined":
      return null;
    case "object":
      return plainObject(value);
    default:
      throw new Error(`a value of type ${typeof value} has no JSON form`);
  }
}

function plainObject(value: object | null): Json {
  if (value === null) return null;
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (value instanceof Optional) return value.hasValue() ? plain(value.value()) : null;
  if (value instanceof Duration) return Number(value.seconds) + value.nanos / 1e9;
  if (value instanceof UnsignedInt) return plain(value.value);
  const entries = value instanceof Map ? [...value.entries()] : Object.entries(value);
  if (!(value instanceof Map) && ![Object.prototype, null].includes(Object.getPrototypeOf(value)))
    throw new Error(`a value of type ${value.constructor?.name} has no JSON form`);
  return Object.fromEntries(entries.map(([key, item]) => [String(key), plain(item)]));
}

/** Every chain of member accesses that starts at a variable, the longest form of each. */
function references(ast: ASTNode): Reference[] {
  const found: Reference[] = [];
  visit(ast, found, new Set());
  return found;
}

/** @param bound names that a macro around this place binds, as `x` in `list.filter(x, x > 1)`: they hide variables */
function visit(node: unknown, found: Reference[], bound: ReadonlySet<string>): void {
  if (Array.isArray(node)) {
    for (const item of node) visit(item, found, bound);
    return;
  }
  if (!isNode(node)) return;
  const chain = accessChain(node);
  if (chain === undefined) {
    visitParts(node, found, bound);
    return;
  }
  if (!bound.has(chain.root)) found.push({ root: chain.root, path: chain.path, offset: chain.offset });
  for (let inner: ASTNode = node; inner.op !== "id"; inner = (inner.args as [ASTNode, unknown])[0])
    visit((inner.args as [ASTNode, unknown])[1], found, bound);
}

const macros = new Set(["all", "exists", "exists_one", "filter", "map", "bind"]);

function visitParts(node: ASTNode, found: Reference[], bound: ReadonlySet<string>): void {
  const [name, receiver, parts] = (Array.isArray(node.args) ? node.args : []) as [unknown, unknown, unknown];
  const [first, ...rest] = Array.isArray(parts) ? (parts as unknown[]) : [];
  const isMacro = node.op === "rcall" && macros.has(String(name)) && rest.length > 0;
  if (!isMacro || !isNode(first) || first.op !== "id") {
    visit(node.args, found, bound);
    return;
  }
  visit(receiver, found, bound);
  visit(rest, found, new Set([...bound, String(first.args)]));
}

const accessOperators = new Set([".", ".?", "[]", "[?]"]);

interface AccessChain extends Reference {
  /** False after a computed member: of `tasks[x].y` only `tasks` is known. */
  complete: boolean;
}

function accessChain(node: ASTNode): AccessChain | undefined {
  if (node.op === "id") return { root: node.args, path: [], offset: node.pos, complete: true };
  if (!accessOperators.has(node.op)) return undefined;
  const [receiver, member] = node.args as [ASTNode, unknown];
  const chain = accessChain(receiver);
  if (chain === undefined) return undefined;
  const name = memberName(member);
  if (!chain.complete || name === undefined) return { ...chain, complete: false };
  return { ...chain, path: [...chain.path, name] };
}

function memberName(member: unknown): string | undefined {
  if (typeof member === "string") return member;
  if (isNode(member) && member.op === "value" && typeof member.args === "string") return member.args;
  return undefined;
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === "object" && value !== null && "op" in value && "args" in value;
}
