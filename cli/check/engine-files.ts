import { readFileSync } from "node:fs";
import {
  isProperties,
  type Properties,
  SECRET_SIGNATURE,
  signatureOf,
  UNKNOWN,
  type Value,
} from "../../simulator/values.ts";
import { CannotRun } from "../output.ts";

/** A resource as the engine writes it into a state or a preview; `goal` of a plan has the same names. */
export interface EngineResource {
  urn: string;
  type: string;
  custom?: boolean;
  parent?: string;
  inputs?: Properties;
  outputs?: Properties;
  dependencies?: string[];
  propertyDependencies?: Record<string, string[] | null>;
  provider?: string;
  protect?: boolean;
  /** Being deleted. */
  delete?: boolean;
  /** Read, not managed. */
  external?: boolean;
}

interface Difference {
  adds?: Properties;
  deletes?: string[];
  updates?: Properties;
}

interface ResourcePlan {
  goal?: EngineResource & { inputDiff?: Difference };
  steps?: string[];
  state?: Properties;
}

interface PreviewStep {
  op: string;
  urn: string;
  newState?: EngineResource;
}

/** What remains of a stack when the operation is done. */
export interface EngineFile {
  resources: EngineResource[];
  /** As text, where the file holds it. */
  config: Record<string, string>;
}

/** Resources that an operation leaves to be deleted. */
const isRemoval = (step: string) => /^(delete|discard)/.test(step);

/** `pulumi stack export`. @throws CannotRun where the file is none. */
export function readState(file: string): EngineFile {
  const { deployment } = readJson(file) as { deployment?: { resources?: EngineResource[] } };
  if (deployment === undefined) throw new CannotRun(`${file} is no state: make one with pulumi stack export`);
  const resources = (deployment.resources ?? []).filter((each) => each.delete !== true);
  return { resources: resources.map(plainResource), config: {} };
}

/**
 * `pulumi preview --json --show-sames`, or `--save-plan` of a new stack. A saved plan of a stack that is there holds
 * changes only; they are put onto its state.
 * @throws CannotRun where the file is neither, or does not hold the whole stack.
 */
export function readPlan(file: string, stateFile: string | undefined): EngineFile {
  const document = readJson(file) as {
    steps?: PreviewStep[];
    changeSummary?: Record<string, number>;
    config?: Record<string, string>;
    resourcePlans?: Record<string, ResourcePlan>;
  };
  if (document.resourcePlans !== undefined)
    return { resources: planned(file, document.resourcePlans, stateFile), config: {} };
  if (document.steps === undefined)
    throw new CannotRun(
      `${file} is no plan: make one with pulumi preview --json --show-sames, or --save-plan`,
    );
  const { steps, changeSummary = {}, config = {} } = document;
  const sames = steps.filter(({ op }) => op === "same").length;
  if ((changeSummary.same ?? 0) > sames)
    throw new CannotRun(
      `${file} leaves out the ${changeSummary.same} resources that stay as they are: preview with --show-sames`,
    );
  const kept = new Map(
    steps.flatMap(({ op, newState }) => (newState && !isRemoval(op) ? [[newState.urn, newState]] : [])),
  );
  return { resources: [...kept.values()].map(plainResource), config };
}

function planned(
  file: string,
  plans: Record<string, ResourcePlan>,
  stateFile: string | undefined,
): EngineResource[] {
  const olds = new Map(
    (stateFile === undefined ? [] : readState(stateFile).resources).map((old) => [old.urn, old]),
  );
  return Object.entries(plans).flatMap(([urn, { goal, steps = [], state }]) => {
    if (goal === undefined || steps.every(isRemoval)) return [];
    const old = olds.get(urn);
    if (old === undefined && !steps.includes("create"))
      throw new CannotRun(
        `${file} holds changes only, and ${urn} is there already: give the stack's state, too: --state`,
      );
    return [
      plainResource({
        ...goal,
        urn,
        inputs: changed(old?.inputs ?? {}, goal.inputDiff),
        outputs: state ?? {},
      }),
    ];
  });
}

function changed(inputs: Properties, { adds = {}, deletes = [], updates = {} }: Difference = {}): Properties {
  const kept = Object.entries(inputs).filter(([name]) => !deletes.includes(name));
  return { ...Object.fromEntries(kept), ...adds, ...updates };
}

function plainResource(resource: EngineResource): EngineResource {
  return {
    ...resource,
    inputs: withoutSecrets(resource.inputs ?? {}) as Properties,
    outputs: withoutSecrets(resource.outputs ?? {}) as Properties,
  };
}

/** What is encrypted, or blinded as in a preview, is not known. */
function withoutSecrets(value: Value): Value {
  if (value === "[secret]") return UNKNOWN;
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (!isProperties(value)) return value;
  if (signatureOf(value) === SECRET_SIGNATURE) return UNKNOWN;
  const entries = Object.entries(value).filter(([name]) => !name.startsWith("__"));
  return Object.fromEntries(entries.map(([name, item]) => [name, withoutSecrets(item)]));
}

function readJson(file: string): object {
  let document: unknown;
  try {
    document = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new CannotRun(`cannot read ${file}: ${(error as Error).message}`);
  }
  if (typeof document !== "object" || document === null) throw new CannotRun(`${file} is no JSON object`);
  return document;
}
