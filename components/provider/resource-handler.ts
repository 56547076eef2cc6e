import { isAbsolute } from "node:path";
import { z } from "zod";
import type { Problem } from "../../runtime/errors.ts";
import type { WireProperties } from "./wire-values.ts";

/** What a handler knows beside the inputs. */
export interface ResourceContext {
  urn: string;
  stack: string;
  /** Ends when the user cancels the update. */
  signal: AbortSignal;
  /** Values that no message may show. */
  secrets: string[];
}

/** Everything about one resource type; inputs arrive checked, without marks, with their defaults. */
export interface ResourceHandler<Inputs> {
  schema: z.ZodType<Inputs>;
  /** Changes of these need a new resource. */
  replaceOnChanges: (keyof Inputs & string)[];
  /** Inputs that follow from others; they become part of the inputs, so that a preview knows them. */
  derive?(inputs: Inputs): WireProperties;
  /** What is wrong beyond the schema. Must not change anything. */
  findProblems?(inputs: Inputs, context: ResourceContext): Promise<Problem[]>;
  /** @returns outputs beside the inputs. */
  create(inputs: Inputs, context: ResourceContext): Promise<WireProperties>;
  /**
   * @param state what was returned last.
   * @returns outputs beside the inputs; undefined where the resource is gone.
   */
  read(inputs: Inputs, context: ResourceContext, state: WireProperties): Promise<WireProperties | undefined>;
  /** Whether what was read last asks for an update although no input changed. */
  needsUpdate?(outputs: WireProperties): boolean;
  update(olds: Inputs, news: Inputs, context: ResourceContext): Promise<WireProperties>;
  delete(inputs: Inputs, context: ResourceContext): Promise<void>;
}

export const absolutePath = z.string().refine(isAbsolute, "must be an absolute path");
