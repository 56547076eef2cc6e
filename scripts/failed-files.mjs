// Which files of tests failed, handed from a run of mocha to test-all.mjs: one path a line in the file that
// SKYLOOM_FAILED_FILES names. Without that variable nothing is written.
import { appendFileSync } from "node:fs";
import { relative } from "node:path";
import Mocha from "mocha";
import { projectFolder } from "./project.mjs";

/** Writes down the file of each failure of a runner of mocha's. */
export function noteFailedFiles(runner) {
  const list = process.env.SKYLOOM_FAILED_FILES;
  if (!list) return;
  runner.on("fail", ({ file }) => appendFileSync(list, `${file ? relative(projectFolder, file) : "?"}\n`));
}

/** mocha's own reporter `spec`, and the note. */
export default class SpecWithFailedFiles extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    noteFailedFiles(runner);
  }
}
