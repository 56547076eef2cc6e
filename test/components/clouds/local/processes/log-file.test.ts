import assert from "node:assert/strict";
import { appendFileSync, closeSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lastLines, openLog } from "../../../../../components/clouds/local/processes/log-file.ts";
import { createFixture, type Fixture } from "../../../provider/fixture.ts";

describe("log file", () => {
  let fixture: Fixture;
  let file: string;
  beforeEach(() => {
    fixture = createFixture();
    file = join(fixture.folder, "process.log");
  });
  afterEach(() => fixture.remove());

  it("is appended to, and becomes the previous one when it is large", () => {
    writeFileSync(file, "0123456789");
    const kept = openLog(file, 10);
    closeSync(kept.descriptor);
    assert.equal(kept.offset, 10);
    appendFileSync(file, "x");
    const rotated = openLog(file, 10);
    closeSync(rotated.descriptor);
    assert.equal(rotated.offset, 0);
    assert.equal(readFileSync(`${file}.1`, "utf8"), "0123456789x");
  });

  it("shows the last lines of this start only, with secrets struck out", () => {
    writeFileSync(file, "earlier\n");
    appendFileSync(file, "first\nthe token is abc123!\nlast\n");
    assert.equal(lastLines(file, 8, ["abc123", ""]), "first\nthe token is [secret]!\nlast");
    assert.equal(lastLines(file, 8, [], 1), "last");
  });

  it("shows no part of a secret that the read begins in", () => {
    const secret = "s".repeat(5000);
    writeFileSync(file, `${secret}\n${"y".repeat(5000)}\nlast\n`);
    assert.equal(lastLines(file, 0, [secret]).includes("s".repeat(10)), false);
  });
});
