import assert from "node:assert/strict";
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { codeHash } from "../../components/code-hash.ts";
import { createFixture, type Fixture } from "./provider/fixture.ts";

describe("code hash", () => {
  let fixture: Fixture;
  const write = (path: string, text: string) => writeFileSync(join(fixture.folder, path), text);
  const hash = () => codeHash(fixture.folder, ["code", "lock.json"]);
  beforeEach(() => {
    fixture = createFixture();
    mkdirSync(join(fixture.folder, "code", "deep"), { recursive: true });
    mkdirSync(join(fixture.folder, "code", "node_modules"));
    write("code/main.ts", "1");
    write("code/deep/part.ts", "2");
    write("lock.json", "{}");
  });
  afterEach(() => fixture.remove());

  it("changes with content, with names and with new files", () => {
    const hashes = [hash()];
    write("code/deep/part.ts", "3");
    hashes.push(hash());
    renameSync(join(fixture.folder, "code/deep/part.ts"), join(fixture.folder, "code/deep/piece.ts"));
    hashes.push(hash());
    write("code/new.ts", "");
    hashes.push(hash());
    write("lock.json", "{ }");
    hashes.push(hash());
    assert.equal(new Set(hashes).size, hashes.length);
  });

  it("stays the same without a change, and for what is installed or beside it", () => {
    const before = hash();
    write("code/node_modules/package.js", "x");
    write("other.ts", "x");
    assert.equal(hash(), before);
  });
});
