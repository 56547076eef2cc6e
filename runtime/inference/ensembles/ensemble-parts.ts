import { ApiError } from "../../errors.ts";
import type { LoadedVersion } from "../loaded-version.ts";
import type { ModelManifest } from "../manifest.ts";
import type { ModelControl } from "../model-control.ts";
import type { ServedModels } from "../served-models.ts";
import { fitProblems } from "./check-parts.ts";
import { atStep } from "./step-errors.ts";
import type { EnsembleStep } from "./steps.ts";

export interface EnsembleParts {
  /** Runs `use` with the version that the step names, held in memory. @throws ApiError */
  use<Result>(step: EnsembleStep, use: (version: LoadedVersion) => Promise<Result>): Promise<Result>;
  /** Loads what an ensemble needs; does nothing for another model. @throws ApiError naming the step */
  ready(manifest: ModelManifest): Promise<void>;
  /** Why an ensemble does not serve now; undefined where it does, and for other models. Loads nothing. */
  missing(manifest: ModelManifest): Promise<string | undefined>;
}

/** The models of ensembles among those that are served. */
export function createEnsembleParts({
  models,
  control,
}: {
  models: ServedModels;
  control: ModelControl;
}): EnsembleParts {
  async function use<Result>(
    { model, version, alias }: EnsembleStep,
    use: (version: LoadedVersion) => Promise<Result>,
  ): Promise<Result> {
    if (!control.mayServe(model)) await control.check(model);
    return models.use(model, version ?? alias, use);
  }

  async function ready(manifest: ModelManifest): Promise<void> {
    const { steps } = manifest;
    if (steps === undefined) return;
    const parts = await Promise.all(
      steps.map(async (step, index) => {
        try {
          return await use(step, async (part) => {
            await ready(part.manifest);
            return part.manifest;
          });
        } catch (error) {
          throw atStep(index, step, error);
        }
      }),
    );
    // A version that became current since may have other tensors.
    const problems = fitProblems({ ...manifest, steps }, parts);
    if (problems.length === 0) return;
    const list = problems.map(({ path, message }) => `${path} ${message}`).join("; ");
    throw new ApiError(`ensemble ${manifest.name} does not fit its models any more: ${list}`, {
      status: 503,
      code: "model-unavailable",
      problems,
    });
  }

  async function missing({ steps = [] }: ModelManifest): Promise<string | undefined> {
    for (const [index, step] of steps.entries()) {
      const { model, version, alias } = step;
      const number =
        version ??
        (alias === undefined
          ? models.current(model).served?.manifest.version
          : await models.resolve(model, alias).catch(() => undefined));
      const part = number === undefined ? undefined : models.loadedVersion(model, number);
      if (!control.mayServe(model)) return `steps[${index}]: model ${model} was unloaded, or not loaded yet`;
      if (part === undefined)
        return `steps[${index}]: model ${model} is not loaded now; the first request that needs it loads it`;
      const inner = await missing(part.manifest);
      if (inner !== undefined) return `steps[${index}] (model ${model}): ${inner}`;
    }
    return undefined;
  }

  return { use, ready, missing };
}
