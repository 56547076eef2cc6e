import express, { type Request, type Router } from "express";
import { z } from "zod";
import { importModel } from "../inference/importing/import-model.ts";
import { selectVersion, setAlias, setVersionPolicy } from "../inference/model-pointer.ts";
import type { ModelSigner } from "../inference/model-signer.ts";
import { listVersions, modelNotFound, readPointer } from "../inference/read-models.ts";
import type { ObjectStore } from "../object-store/object-store.ts";
import type { Outbound } from "../outbound/outbound.ts";
import { importedModelAnswer, modelPointerAnswer } from "./answers/model-answer.ts";
import { jsonBody } from "./json-body.ts";
import { operation } from "./openapi/operation.ts";

export interface ModelsRouterOptions {
  store: ObjectStore;
  outbound: Pick<Outbound, "send">;
  /** Signs what is imported. */
  modelSigner: ModelSigner;
}

const version = z.number("must be a whole number from 1").int().min(1);
const versionBody = z.strictObject({ version });
const policyBody = z.strictObject({ versionPolicy: z.unknown() });
const importBody = z.strictObject({ url: z.string("must be a URL"), sha256: z.string().optional() });

const answers = { 200: modelPointerAnswer };
const show = { summary: "a model's versions, aliases and version policy", answers };
const select = { summary: "make a version the current one", body: versionBody, answers };
const alias = { summary: "give a version a name", body: versionBody, answers };
const removeAlias = { summary: "take a name from a version", answers };
const policy = { summary: "which versions may be asked for", body: policyBody, answers };
const importing = {
  summary: "publish a model from a URL, or from an object of the bucket",
  body: importBody,
  answers: { 201: importedModelAnswer },
};

type Named = Request<{ name: string }>;

/** `/v1/models/{m}`: what of the repository is changed while the runtime serves it. */
export function createModelsRouter({ store, outbound, modelSigner }: ModelsRouterOptions): Router {
  const router = express.Router();
  const body = jsonBody("64kb");

  async function pointerOf(name: string) {
    const pointer = await readPointer(store, name);
    if (pointer === undefined) throw modelNotFound(name);
    const { version, aliases, versionPolicy = "all" } = pointer;
    return { name, version, aliases, versionPolicy, versions: await listVersions(store, name) };
  }

  router.get(
    "/v1/models/:name",
    operation(show, async (request: Named, response) => {
      response.json(await pointerOf(request.params.name));
    }),
  );

  router.post(
    "/v1/models/:name\\:select",
    body,
    operation(select, async ({ params: { name } }: Named, response, { body: chosen }) => {
      await selectVersion(store, name, chosen.version);
      response.json(await pointerOf(name));
    }),
  );

  router.put(
    "/v1/models/:name/aliases/:alias",
    body,
    operation(
      alias,
      async ({ params }: Request<{ name: string; alias: string }>, response, { body: chosen }) => {
        await setAlias(store, params.name, params.alias, chosen.version);
        response.json(await pointerOf(params.name));
      },
    ),
  );

  router.delete(
    "/v1/models/:name/aliases/:alias",
    operation(removeAlias, async ({ params }: Request<{ name: string; alias: string }>, response) => {
      await setAlias(store, params.name, params.alias, undefined);
      response.json(await pointerOf(params.name));
    }),
  );

  router.put(
    "/v1/models/:name/policy",
    body,
    operation(policy, async ({ params: { name } }: Named, response, { body: chosen }) => {
      await setVersionPolicy(store, name, chosen.versionPolicy);
      response.json(await pointerOf(name));
    }),
  );

  router.post(
    "/v1/models/:name\\:import",
    body,
    operation(importing, async ({ params: { name } }: Named, response, { body: { url, sha256 } }) => {
      const signingKey = await modelSigner.key();
      const gone = new AbortController();
      response.once("close", () => gone.abort());
      const options = { store, outbound, signingKey, signal: gone.signal };
      const { version } = await importModel({ url, name, sha256 }, options);
      response.status(201).json({ name, version });
    }),
  );

  return router;
}
