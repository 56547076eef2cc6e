import type * as TypeScript from "typescript";
import type { Declarations } from "./declarations.ts";
import { replacementSentence } from "./documentation.ts";
import type { Declaration, Sdk } from "./locate.ts";
import type { ObjectType, PropertyType, TypeSchema } from "./model.ts";

/** Wrappers of the SDK around the type that counts. */
const WRAPPERS = new Set(["pulumi.Input", "pulumi.Output", "pulumi.OutputInstance", "Promise"]);

/** Enums that list a service's growing catalogue: a value that they lack is no mistake. */
const OPEN_CATALOGUES =
  /(VMSizeTypes|VirtualMachineSizeTypes|VmSize|Region|InstanceType|Runtime|Engine|Version|Streams)$/;

/** Reads the types of one resource or invoke from the SDK's .d.ts files. */
export class Deriver {
  readonly #typescript: typeof TypeScript;
  readonly #declarations: Declarations;
  readonly #sdk: Sdk;
  readonly #definitions: TypeSchema["definitions"] = {};

  constructor(typescript: typeof TypeScript, declarations: Declarations, sdk: Sdk) {
    this.#typescript = typescript;
    this.#declarations = declarations;
    this.#sdk = sdk;
  }

  /** `NAMEArgs` are the inputs; the class (or, for an invoke, `NAMEResult`) holds the outputs. */
  schema(token: string, declaration: Declaration, options: { outputs: boolean }): TypeSchema {
    const { file, name } = declaration;
    const invoke = /^[a-z]/.test(name);
    const title = invoke ? name[0]?.toUpperCase() + name.slice(1) : name;
    const args = this.#declarations.topLevel(file, "interface", `${title}Args`);
    const results = invoke
      ? this.#declarations.topLevel(file, "interface", `${title}Result`)
      : this.#declarations.topLevel(file, "class", name);
    return {
      token,
      sdk: `@pulumi/${this.#sdk.package} ${this.#sdk.version}`,
      inputs: args === undefined ? {} : this.#members(args),
      outputs: results === undefined || !options.outputs ? {} : this.#members(results),
      definitions: this.#definitions,
    };
  }

  /** The options of the provider itself (`ProviderArgs`). */
  provider(token: string, file: string): TypeSchema {
    const args = this.#declarations.topLevel(file, "interface", "ProviderArgs");
    return {
      token,
      sdk: `@pulumi/${this.#sdk.package} ${this.#sdk.version}`,
      inputs: args === undefined ? {} : this.#members(args),
      outputs: {},
      definitions: this.#definitions,
    };
  }

  /** The properties of an interface or class given as text. */
  #members(text: string): ObjectType {
    const ts = this.#typescript;
    const source = ts.createSourceFile("type.d.ts", text, ts.ScriptTarget.Latest, false);
    const statement = source.statements[0];
    const result: ObjectType = {};
    if (!statement || !(ts.isInterfaceDeclaration(statement) || ts.isClassDeclaration(statement)))
      return result;
    for (const member of statement.members) {
      const isProperty = ts.isPropertySignature(member) || ts.isPropertyDeclaration(member);
      if (!isProperty || !member.type || !member.name) continue;
      if (ts.isPropertyDeclaration(member) && this.#isStatic(member)) continue;
      const name =
        ts.isStringLiteral(member.name) || ts.isIdentifier(member.name) ? member.name.text : undefined;
      if (name === undefined) continue;
      result[name] = this.#property(member, member.type, source);
    }
    return result;
  }

  #isStatic(member: TypeScript.PropertyDeclaration): boolean {
    return (member.modifiers ?? []).some((m) => m.kind === this.#typescript.SyntaxKind.StaticKeyword);
  }

  #property(
    member: TypeScript.PropertySignature | TypeScript.PropertyDeclaration,
    type: TypeScript.TypeNode,
    source: TypeScript.SourceFile,
  ): ObjectType[string] {
    const documentation = source.text.slice(member.getFullStart(), member.getStart(source));
    const replaces = replacementSentence(documentation);
    const required = member.questionToken === undefined && !this.#allowsUndefined(type, source);
    return { type: this.#type(type, source), required, ...(replaces === undefined ? {} : { replaces }) };
  }

  #allowsUndefined(node: TypeScript.TypeNode, source: TypeScript.SourceFile): boolean {
    const ts = this.#typescript;
    if (ts.isUnionTypeNode(node))
      return node.types.some((member) => member.kind === ts.SyntaxKind.UndefinedKeyword);
    const inner = this.#wrapped(node, source);
    return inner !== undefined && this.#allowsUndefined(inner, source);
  }

  /** The `T` of `pulumi.Input<T>` and the like. */
  #wrapped(node: TypeScript.TypeNode, source: TypeScript.SourceFile): TypeScript.TypeNode | undefined {
    if (!this.#typescript.isTypeReferenceNode(node)) return undefined;
    return WRAPPERS.has(node.typeName.getText(source)) ? node.typeArguments?.[0] : undefined;
  }

  #type(node: TypeScript.TypeNode, source: TypeScript.SourceFile): PropertyType {
    const ts = this.#typescript;
    const inner = this.#wrapped(node, source);
    if (inner) return this.#type(inner, source);
    if (ts.isParenthesizedTypeNode(node)) return this.#type(node.type, source);
    if (ts.isArrayTypeNode(node)) return { kind: "array", of: this.#type(node.elementType, source) };
    if (ts.isUnionTypeNode(node)) return this.#union(node, source);
    if (ts.isLiteralTypeNode(node)) return this.#literal(node);
    if (ts.isTypeLiteralNode(node)) return this.#map(node, source);
    if (ts.isTypeReferenceNode(node)) return this.#reference(node.typeName.getText(source));
    switch (node.kind) {
      case ts.SyntaxKind.StringKeyword:
        return { kind: "string" };
      case ts.SyntaxKind.NumberKeyword:
        return { kind: "number" };
      case ts.SyntaxKind.BooleanKeyword:
        return { kind: "boolean" };
    }
    return { kind: "any" };
  }

  #literal(node: TypeScript.LiteralTypeNode): PropertyType {
    const ts = this.#typescript;
    const literal = node.literal;
    if (ts.isStringLiteral(literal)) return { kind: "literal", value: literal.text };
    if (ts.isNumericLiteral(literal)) return { kind: "literal", value: Number(literal.text) };
    if (literal.kind === ts.SyntaxKind.TrueKeyword) return { kind: "literal", value: true };
    if (literal.kind === ts.SyntaxKind.FalseKeyword) return { kind: "literal", value: false };
    return { kind: "any" };
  }

  #map(node: TypeScript.TypeLiteralNode, source: TypeScript.SourceFile): PropertyType {
    const index = node.members.find((member) => this.#typescript.isIndexSignatureDeclaration(member));
    return { kind: "map", of: index ? this.#type(index.type, source) : { kind: "any" } };
  }

  #union(node: TypeScript.UnionTypeNode, source: TypeScript.SourceFile): PropertyType {
    const ts = this.#typescript;
    const members = node.types
      .filter((member) => member.kind !== ts.SyntaxKind.UndefinedKeyword)
      .map((member) => this.#type(member, source));
    const enumeration = members.find((member) => member.kind === "enum");
    if (enumeration?.kind === "enum" && members.some((member) => member.kind === "string")) {
      // azure-native declares every enum of the REST API as `string | enums.X`, yet the service refuses other values.
      const open = this.#sdk.package !== "azure-native" || OPEN_CATALOGUES.test(enumeration.name);
      return { ...enumeration, open };
    }
    return members.length === 1 && members[0] ? members[0] : { kind: "union", of: members };
  }

  #reference(name: string): PropertyType {
    const [scope = "", ...rest] = name.split(".");
    const path = rest.join(".");
    if (scope === "inputs" || scope === "outputs")
      return this.#object(scope === "inputs" ? "input" : "output", path);
    if (scope === "enums") return this.#enum(path);
    if (name === "pulumi.asset.Asset") return { kind: "asset" };
    if (name === "pulumi.asset.Archive") return { kind: "archive" };
    // A class of the SDK (`Role`, `Bucket`) or an alias of text (`ARN`): the engine sends the id or the text.
    return scope === "pulumi" ? { kind: "any" } : { kind: "string" };
  }

  #object(side: "input" | "output", path: string): PropertyType {
    const reference = `${side}:${path}`;
    if (!this.#definitions[reference]) {
      const text = this.#declarations.objectType(this.#sdk, side, path);
      if (text === undefined) return { kind: "any" };
      const definition: ObjectType = {};
      this.#definitions[reference] = definition; // before its members: some types contain themselves
      Object.assign(definition, this.#members(text));
    }
    return { kind: "object", reference };
  }

  #enum(path: string): PropertyType {
    const text = this.#declarations.enumType(this.#sdk, path) ?? "";
    const values = [...text.matchAll(/^\s+readonly [^:]+: (".*"|-?[\d.]+);$/gm)].map(
      (match) => JSON.parse(match[1] ?? "null") as string | number,
    );
    return values.length === 0 ? { kind: "any" } : { kind: "enum", name: path, values, open: false };
  }
}
