import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { picture, pictured } from "../../../examples/planning/draw.ts";
import { projectFolder } from "../../../scripts/project.mjs";

describe("pictures of examples/planning", () => {
  for (const name of Object.keys(pictured) as (keyof typeof pictured)[])
    it(`${name}.svg is what node examples/planning/draw.ts draws`, async () => {
      const file = join(projectFolder, "examples/planning", `${name}.svg`);
      assert.equal(readFileSync(file, "utf8"), await picture(name));
    });
});
