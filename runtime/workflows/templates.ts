import { compileExpression, type Expression, ExpressionSyntaxError, type Scope } from "./expressions.ts";
import type { Json } from "./workflow.ts";

/** One `${...}` within a string. `offset` is where its expression begins, in characters. */
export interface TemplatePart {
  expression: Expression;
  offset: number;
}

export interface Template {
  /** Literal text and expressions, in order. */
  parts: (string | TemplatePart)[];
  /** The string is exactly one `${...}`: its value keeps its type. */
  isWhole: boolean;
}

/**
 * Parses a string with `${...}` in it; `$${` stands for a literal `${`.
 * @throws ExpressionSyntaxError with the offset in the whole string
 */
export function parseTemplate(text: string): Template {
  const parts: (string | TemplatePart)[] = [];
  let literal = "";
  let index = 0;
  while (index < text.length) {
    if (text.startsWith("$${", index)) {
      literal += "${";
      index += 3;
    } else if (text.startsWith("${", index)) {
      if (literal !== "") parts.push(literal);
      literal = "";
      const end = closingBrace(text, index + 2);
      parts.push(part(text.slice(index + 2, end), index + 2));
      index = end + 1;
    } else literal += text[index++];
  }
  if (literal !== "") parts.push(literal);
  return { parts, isWhole: parts.length === 1 && typeof parts[0] === "object" };
}

/** The template's value: of any type if it is one expression, else text (null as "", objects as JSON). */
export function evaluateTemplate(template: Template, scope: Scope): Json {
  const [first] = template.parts;
  if (template.isWhole && typeof first === "object") return first.expression.evaluate(scope);
  return template.parts
    .map((part) => (typeof part === "string" ? part : text(part.expression.evaluate(scope))))
    .join("");
}

/** `value` with every string in it, at any depth, evaluated as a template. */
export function evaluateTemplates(value: unknown, scope: Scope): Json {
  if (typeof value === "string") return evaluateTemplate(parseTemplate(value), scope);
  if (Array.isArray(value)) return value.map((item) => evaluateTemplates(item, scope));
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, evaluateTemplates(item, scope)]),
    );
  return value as Json;
}

/** The part of a scope that the templates in a value, at any depth, can look at. */
export function restrictScope(scope: Scope, value: unknown): Scope {
  const references = findTemplates(value).flatMap(({ text }) =>
    expressionsOf(parseTemplate(text)).flatMap((part) => part.expression.references),
  );
  const looksAt = (root: string, name: string) =>
    references.some((reference) => reference.root === root && [name, undefined].includes(reference.path[0]));
  const part = <Value>(root: string, members: Record<string, Value>) =>
    Object.fromEntries(Object.entries(members).filter(([name]) => looksAt(root, name)));
  return { ...scope, inputs: part("inputs", scope.inputs), tasks: part("tasks", scope.tasks) };
}

/** Every string with `${` in it, at any depth, with its path. */
export function findTemplates(
  value: unknown,
  path: (string | number)[] = [],
): { path: (string | number)[]; text: string }[] {
  if (typeof value === "string") return value.includes("${") ? [{ path, text: value }] : [];
  if (Array.isArray(value)) return value.flatMap((item, index) => findTemplates(item, [...path, index]));
  if (typeof value === "object" && value !== null)
    return Object.entries(value).flatMap(([key, item]) => findTemplates(item, [...path, key]));
  return [];
}

export function expressionsOf(template: Template): TemplatePart[] {
  return template.parts.filter((part) => typeof part === "object");
}

function part(source: string, offset: number): TemplatePart {
  if (source.trim() === "") throw new ExpressionSyntaxError("empty ${}: an expression is missing", offset);
  try {
    return { expression: compileExpression(source), offset };
  } catch (error) {
    if (error instanceof ExpressionSyntaxError)
      throw new ExpressionSyntaxError(error.message, offset + error.offset);
    throw error;
  }
}

/** The `}` that ends an expression: braces of map literals and quoted text are skipped. */
function closingBrace(text: string, start: number): number {
  let depth = 0;
  for (let index = start; index < text.length; index++) {
    const character = text[index];
    if (character === '"' || character === "'") index = closingQuote(text, index);
    else if (character === "{") depth++;
    else if (character === "}" && depth-- === 0) return index;
  }
  throw new ExpressionSyntaxError('"${" without "}" (write "$${" for a literal "${")', start - 2);
}

function closingQuote(text: string, start: number): number {
  for (let index = start + 1; index < text.length; index++) {
    if (text[index] === "\\") index++;
    else if (text[index] === text[start]) return index;
  }
  throw new ExpressionSyntaxError("text in quotes without its end", start);
}

function text(value: Json): string {
  if (value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
