/*
 * The model repository in the bucket: `models/NAME/VERSION/manifest.json` with the version's files beside it, and
 * the pointer `models/NAME/current.json`.
 */

export type { ModelManifest } from "./manifest.ts";
export { type NewModelVersion, publishModel } from "./publish-model.ts";
export { currentVersion, listModels, listVersions, readManifest, readModelFiles } from "./read-models.ts";
