import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { projectFolder } from "../scripts/project.mjs";

/** `- FILE: PART OF A TITLE` */
const evidence = /^- (test\/\S+): (.+)$/;

describe("docs/requirements.md", () => {
  const text = readFileSync(join(projectFolder, "docs/requirements.md"), "utf8");
  const sections = text.split(/^## /m).slice(1);

  it("has the requirements of workflows and plans, each with tests", () => {
    const named = sections.flatMap((section) => section.split("\n")[0]?.match(/\b[BC]\d\b/g) ?? []);
    const wanted = ["B1", "B2", "B3", "B4", "B5", "B6", "C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8"];
    assert.deepEqual(named, wanted);
    for (const section of sections)
      assert.ok(
        section.split("\n").some((line) => evidence.test(line)),
        `evidence for ${section.split("\n")[0]}`,
      );
  });

  it("names tests that there are", () => {
    const missing = text.split("\n").filter((line) => {
      const [, file = "", title = ""] = evidence.exec(line) ?? [];
      if (file === "") return line.startsWith("- ");
      const path = join(projectFolder, file);
      return !existsSync(path) || !readFileSync(path, "utf8").includes(title);
    });
    assert.deepEqual(missing, []);
  });
});
