import type { Properties } from "../../simulator/values.ts";
import type { Analyzer } from "./analyzer.ts";
import type { Diagnostic } from "./pack.ts";
import type { AnalyzedResource } from "./resources.ts";

/** What a pack found in a stack. */
export interface Findings {
  diagnostics: Diagnostic[];
  /** Rules that changed a resource. */
  remediations: { rule: string; urn: string }[];
}

/** Requests on their way to a pack at the same time: enough to keep it busy. */
const PARALLEL = 64;

/** Asks a pack about one stack, resource by resource, as the engine does. */
export class Analysis {
  readonly findings: Findings = { diagnostics: [], remediations: [] };
  readonly #analyzer: Analyzer;
  readonly #remediates: boolean;
  readonly #waiting: (() => void)[] = [];
  #free = PARALLEL;

  /** @param remediates whether any rule may change a resource; else the pack is not asked to. */
  constructor(analyzer: Analyzer, remediates: boolean) {
    this.#analyzer = analyzer;
    this.#remediates = remediates;
  }

  /** @returns the properties that remediations leave. */
  async check(resource: AnalyzedResource): Promise<Properties> {
    await this.#begin();
    try {
      const properties = this.#remediates ? await this.#remediate(resource) : resource.properties;
      const changed = properties === resource.properties ? resource : { ...resource, properties };
      const found = await this.#analyzer.analyze(changed);
      this.findings.diagnostics.push(...found);
      return properties;
    } finally {
      this.#end();
    }
  }

  /** @param resources with their outputs, all of the stack. */
  async checkStack(resources: AnalyzedResource[]): Promise<void> {
    this.findings.diagnostics.push(...(await this.#analyzer.analyzeStack(resources)));
  }

  async #remediate(resource: AnalyzedResource): Promise<Properties> {
    let { properties } = resource;
    const { urn } = resource;
    for (const { rule, properties: changed, diagnostic } of await this.#analyzer.remediate(resource)) {
      if (diagnostic !== undefined)
        this.findings.diagnostics.push({
          rule,
          level: "advisory",
          severity: undefined,
          message: diagnostic,
          urn,
        });
      if (changed === undefined) continue;
      this.findings.remediations.push({ rule, urn });
      properties = changed;
    }
    return properties;
  }

  async #begin(): Promise<void> {
    if (this.#free === 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#free -= 1;
  }

  #end(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }
}
