import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { routeSchema } from "../../../runtime/routing/route.ts";

const page = readFileSync(new URL("../../../docs/routing.md", import.meta.url), "utf8");
const examples = [...page.matchAll(/```json\n(.+?)```/gs)].map(([, text = ""]) => JSON.parse(text));

describe("docs/routing.md", () => {
  it("shows a route of each kind and nothing that is refused", () => {
    assert.deepEqual(
      examples.map((document) => routeSchema.parse(document).kind),
      ["split", "match", "shadow", "bandit", "bandit"],
    );
  });
});
