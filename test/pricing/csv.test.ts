import assert from "node:assert/strict";
import { z } from "zod";
import { readTable } from "../../pricing/csv.ts";

describe("readTable", () => {
  it("names file, line and column of a row that breaks the schema", () => {
    const schema = z.looseObject({ cloud: z.literal("azure") });
    assert.throws(() => readTable("aws.csv", schema), /pricing\/data\/aws\.csv:3: cloud: Invalid input/);
  });

  it("skips comments and empty lines and gives the fields by column", () => {
    const rows = readTable("aws.csv", z.looseObject({ machineType: z.string(), region: z.string() }));
    assert.equal(rows[0]?.machineType, "g4dn.xlarge");
    assert.equal(rows[0]?.region, "us-east-1");
  });
});
