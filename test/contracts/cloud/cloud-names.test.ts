import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cloudNames } from "../../../components/cloud.ts";
import { projectFolder } from "../../../scripts/project.mjs";

/** What belongs to no cloud; create-cloud.ts is where the clouds are named. */
const FOLDERS = ["components", "components/platform", "components/kubernetes", "stacks", "runtime/workflows"];
const PRODUCTS = ["amazon", "google", "microsoft", "eks", "aks", "gke", "sqs", "pubsub"];
/** Those that are words of the language, too, count as names only where they are texts. */
const WORDS = ["local", "existing"];
const NAME = new RegExp(
  `\\b(${[...cloudNames.filter((name) => !WORDS.includes(name)), ...PRODUCTS].join("|")})\\b|"existing"`,
  "i",
);

describe("clouds by name", () => {
  for (const folder of FOLDERS)
    it(`are unknown in ${folder}`, () => {
      const found = readdirSync(join(projectFolder, folder))
        .filter((file) => file.endsWith(".ts") && !file.startsWith("create-cloud"))
        .flatMap((file) => namesIn(`${folder}/${file}`));
      assert.deepEqual(found, []);
    });

  it("are found where there are some", () => {
    assert.match('return await createCloud("aws")', NAME);
    assert.equal(isTable('  cloud: oneOf(["local", "aws", "azure", "gcp", "existing"]),'), true);
    assert.equal(isTable('  if (cloud === "aws") return;'), false);
  });
});

function namesIn(file: string): string[] {
  return withoutComments(readFileSync(join(projectFolder, file), "utf8"))
    .split("\n")
    .flatMap((line, index) =>
      NAME.test(line) && !isTable(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [],
    );
}

/** The lists of all clouds that a configuration may name, and of those that send no bill. */
function isTable(line: string): boolean {
  return [cloudNames, WORDS].some((names) => names.every((name) => line.includes(`"${name}"`)));
}

/** With as many lines as before. */
function withoutComments(text: string): string {
  return text
    .replaceAll(/\/\*[\s\S]*?\*\//g, (comment) => comment.replaceAll(/[^\n]/g, ""))
    .replaceAll(/(^|\s)\/\/.*$/gm, "");
}
