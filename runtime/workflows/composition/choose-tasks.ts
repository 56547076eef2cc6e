import { ApiError } from "../../errors.ts";
import { ancestors, type Dependencies } from "../graph.ts";
import { derive, isProducedBy, type Want, wantsOf } from "./derive.ts";
import type { Template } from "./template.ts";

/**
 * Branches that are looked at. The choices of a catalogue are the product of the numbers of producers over the
 * artifacts that have more than one; up to 10,000 of them (13 artifacts with two producers each) are always searched
 * completely, more where bounds cut them off. Beyond it the best found so far is the answer, and says so.
 */
const maximumBranches = 20_000;

export interface Choice {
  /** The tasks chosen. */
  tasks: string[];
  /** Artifact to the task that produces it; those that are inputs are not among them. */
  producers: Map<string, string>;
  /** Whether no smaller choice exists; false: the search ended before it had seen all. */
  isExact: boolean;
}

/**
 * The fewest tasks that yield the goal, and of those the ones whose longest chain takes least: depth-first with
 * bounds over the producers of each artifact that is wanted.
 * @param goal artifacts; each of them can be derived
 * @throws ApiError `goal-inconsistent` (422) where they cannot be had together
 */
export function chooseTasks(templates: Template[], goal: string[], inputs: ReadonlySet<string>): Choice {
  const search = new Search(templates, inputs);
  const wants = goal.map((artifact): Want => ({ artifact, type: undefined, by: undefined }));
  search.visit({ tasks: new Set(), producers: new Map(), edges: {} }, wants);
  const { best } = search;
  if (best === undefined)
    throw new ApiError(
      "no set of tasks yields the whole goal: what its parts need excludes each other, as one artifact of two types, or tasks that would wait for each other",
      { status: 422, code: "goal-inconsistent" },
    );
  return { tasks: [...best.tasks], producers: best.producers, isExact: search.branches <= maximumBranches };
}

interface Partial {
  tasks: Set<string>;
  producers: Map<string, string>;
  /** Task to those it waits for. */
  edges: Dependencies;
}

class Search {
  branches = 0;
  best: Partial | undefined;
  #bestDuration = Number.POSITIVE_INFINITY;
  readonly #byName: Map<string, Template>;
  readonly #templates: Template[];
  readonly #inputs: ReadonlySet<string>;
  readonly #costs: ReadonlyMap<string, number>;

  constructor(templates: Template[], inputs: ReadonlySet<string>) {
    this.#templates = templates;
    this.#inputs = inputs;
    this.#byName = new Map(templates.map((template) => [template.name, template]));
    this.#costs = derive(templates, inputs).costs;
  }

  /** @param wants what the choice so far still lacks */
  visit(choice: Partial, wants: Want[]): void {
    const [want, ...rest] = wants;
    if (this.#isHopeless(choice)) return;
    if (want === undefined) {
      this.#keep(choice);
      return;
    }
    const isInput = want.artifact !== undefined && this.#inputs.has(want.artifact);
    if (isInput) this.visit(choice, rest);
    const candidates = isInput ? [] : this.#candidates(choice, want);
    for (const template of candidates) {
      if (candidates.length > 1 && this.branches++ >= maximumBranches) return;
      const next = this.#with(choice, template, want);
      if (next === undefined) continue;
      this.visit(next, choice.tasks.has(template.name) ? rest : [...wantsOf(template), ...rest]);
    }
  }

  /** Tasks are only added to a choice, and its longest chain only grows. */
  #isHopeless(choice: Partial): boolean {
    if (this.best === undefined) return false;
    const more = choice.tasks.size - this.best.tasks.size;
    return more > 0 || (more === 0 && this.#longestChain(choice) >= this.#bestDuration);
  }

  /** It is not hopeless, so it is better than what was best. */
  #keep(choice: Partial): void {
    this.best = choice;
    this.#bestDuration = this.#longestChain(choice);
  }

  /** Those already chosen first, then those that bring the least with them. */
  #candidates({ tasks, producers }: Partial, want: Want): Template[] {
    const assigned = want.artifact === undefined ? want.task : producers.get(want.artifact);
    const cost = ({ name }: Template) => (tasks.has(name) ? -1 : (this.#costs.get(name) ?? 0));
    return this.#templates
      .filter(
        (template) =>
          this.#costs.has(template.name) &&
          (assigned === undefined || template.name === assigned) &&
          isProducedBy(want, template),
      )
      .sort((a, b) => cost(a) - cost(b) || a.duration - b.duration);
  }

  /** The choice with one task more; undefined where tasks would wait for each other. */
  #with({ tasks, producers, edges }: Partial, template: Template, want: Want): Partial | undefined {
    const next: Dependencies = { ...edges, [template.name]: edges[template.name] ?? [] };
    if (want.by !== undefined) {
      if (template.name === want.by || ancestors(template.name, next).has(want.by)) return undefined;
      next[want.by] = [...(next[want.by] ?? []), template.name];
    }
    return {
      tasks: new Set([...tasks, template.name]),
      producers:
        want.artifact === undefined ? producers : new Map(producers).set(want.artifact, template.name),
      edges: next,
    };
  }

  #longestChain({ tasks, edges }: Partial): number {
    const ends = new Map<string, number>();
    const end = (name: string): number => {
      const known = ends.get(name);
      if (known !== undefined) return known;
      const before = Math.max(0, ...(edges[name] ?? []).map(end));
      ends.set(name, before + (this.#byName.get(name)?.duration ?? 0));
      return ends.get(name) as number;
    };
    return Math.max(0, ...[...tasks].map(end));
  }
}
