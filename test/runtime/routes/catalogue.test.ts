import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import express, { type ErrorRequestHandler } from "express";
import type { ApiError } from "../../../runtime/errors.ts";
import { createLocalObjectStore } from "../../../runtime/object-store/local.ts";
import { createCatalogueRouter } from "../../../runtime/routes/catalogue.ts";
import { createCatalogueRepository } from "../../../runtime/workflows/composition/catalogue-repository.ts";
import { temporaryFolder } from "../workflows/temporary-folder.ts";
import { checkedAnswers } from "./checked-answers.ts";

describe("routes of catalogues", () => {
  const folder = temporaryFolder();
  let url: string;
  let close: () => Promise<void>;
  const specification = "tasks:\n  a: {uses: decide, produces: {x: t}, with: {outputs: {x: 1}}}\n";
  const more = "tasks:\n  b: {uses: decide, consumes: {x: t}, produces: {y: t}, with: {outputs: {y: 2}}}\n";

  before(async () => {
    const store = createLocalObjectStore({ folder: join(folder.path, "bucket") });
    const catalogues = createCatalogueRepository(store, () => new Date(0));
    const app = express();
    app.use(checkedAnswers, createCatalogueRouter({ catalogues }));
    const answer: ErrorRequestHandler = (error, _request, response, _next) => {
      const { status = 500, message, code, problems } = error as ApiError;
      response.status(status).json({ error: message, code, problems });
    };
    app.use(answer);
    const server = app.listen(0, "127.0.0.1");
    await once(server, "listening");
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    close = async () => {
      server.closeAllConnections();
      await once(server.close(), "close");
    };
  });
  after(() => close());

  async function call(method: string, path: string, body?: unknown) {
    const response = await fetch(url + path, {
      method,
      headers: { "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    // biome-ignore lint/suspicious/noExplicitAny: answers of every shape
    return { status: response.status, body: (await response.json()) as any };
  }

  it("store a catalogue, and compose of it and of one that is given", async () => {
    const put = await call("PUT", "/v1/catalogue/base", {
      specification,
      files: { "scripts/a.sh": "echo a" },
    });
    assert.deepEqual([put.status, put.body.updatedAt], [200, "1970-01-01T00:00:00.000Z"]);
    assert.deepEqual((await call("GET", "/v1/catalogue")).body, { catalogues: ["base"] });
    assert.equal((await call("GET", "/v1/catalogue/base")).body.specification, specification);
    const { status, body } = await call("POST", "/v1/workflows:compose", {
      goal: ["y"],
      catalogue: more,
      catalogues: ["base"],
      name: "both",
      files: { "scripts/b.sh": "echo b" },
    });
    assert.equal(status, 200, body.error);
    assert.deepEqual(body.tasks, ["b", "a"]);
    assert.deepEqual(body.files, { "scripts/a.sh": "echo a", "scripts/b.sh": "echo b" });
    const clash = await call("POST", "/v1/workflows:compose", {
      goal: ["x"],
      catalogues: ["base"],
      catalogue: specification,
      files: { "scripts/a.sh": "echo another" },
    });
    assert.deepEqual([clash.status, clash.body.problems[0].path], [400, "files.scripts/a.sh"]);
    assert.match(body.specification, /^name: both/);
    assert.match(body.mermaid, /^flowchart/);
  });

  for (const [what, method, path, body, status, code] of [
    [
      "a broken catalogue",
      "PUT",
      "/v1/catalogue/x",
      { specification: "tasks: {}" },
      400,
      "invalid-catalogue",
    ],
    [
      "a file elsewhere",
      "PUT",
      "/v1/catalogue/x",
      { specification, files: { "../a": "" } },
      400,
      "invalid-catalogue",
    ],
    ["a bad name", "PUT", "/v1/catalogue/X", { specification }, 400, "invalid-request"],
    ["an unknown catalogue", "GET", "/v1/catalogue/x", undefined, 404, "catalogue-not-found"],
    ["no catalogue", "POST", "/v1/workflows:compose", { goal: ["x"] }, 400, "invalid-request"],
    ["no goal", "POST", "/v1/workflows:compose", { goal: [], catalogue: more }, 400, "invalid-request"],
    [
      "what nothing produces",
      "POST",
      "/v1/workflows:compose",
      { goal: ["y"], catalogue: more },
      422,
      "artifact-missing",
    ],
  ] as const)
    it(`refuse ${what}`, async () => {
      const answer = await call(method, path, body);
      assert.deepEqual([answer.status, answer.body.code], [status, code], answer.body.error);
    });
});
