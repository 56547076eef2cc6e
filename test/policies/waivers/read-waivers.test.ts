import assert from "node:assert/strict";
import { parseWaivers, readWaivers } from "../../../policies/waivers/read-waivers.ts";

const rules = ["kms-enable-key-rotation", "s3-require-tls"];
const parse = (text: string) => parseWaivers(text, "waivers.yaml", rules);

const waiver = (changes: Record<string, string | undefined> = {}) => {
  const fields = {
    rule: "s3-require-tls",
    resource: "data",
    reason: "a reason",
    owner: "team",
    expires: "2027-01-31",
    ...changes,
  };
  const lines = Object.entries(fields).filter(([, value]) => value !== undefined);
  return `waivers:\n${lines.map(([key, value], index) => `${index === 0 ? "  - " : "    "}${key}: ${value}\n`).join("")}`;
};

describe("file of waivers", () => {
  it("gives them with their place", () => {
    const text = `# Exceptions.\n${waiver()}  - rule: kms-enable-key-rotation\n    resource: [old-*, older]\n    stack: prod-*\n    mayBeAbsent: true\n    reason: r\n    owner: o\n    expires: "2026-12-31"\n`;
    assert.deepEqual(parse(text), [
      {
        rule: "s3-require-tls",
        resources: ["data"],
        stack: "*",
        mayBeAbsent: false,
        reason: "a reason",
        owner: "team",
        expires: "2027-01-31",
        place: "waivers.yaml:3",
      },
      {
        rule: "kms-enable-key-rotation",
        resources: ["old-*", "older"],
        stack: "prod-*",
        mayBeAbsent: true,
        reason: "r",
        owner: "o",
        expires: "2026-12-31",
        place: "waivers.yaml:8",
      },
    ]);
    assert.deepEqual(parse("waivers: []"), []);
  });

  const wrong: Record<string, [string, string]> = {
    "no YAML": ["waivers: [", "waivers.yaml:1: "],
    nothing: ["", "waivers.yaml:1: must be an object with the list `waivers`"],
    "no list": ["waivers: none", "waivers.yaml:1: waivers "],
    "a rule that is none": [
      waiver({ rule: "s3-require" }),
      "waivers.yaml:2: waivers[0].rule is no rule that can be waived",
    ],
    "a rule of waivers": [
      waiver({ rule: "waivers-forbid-unused" }),
      "waivers.yaml:2: waivers[0].rule is no rule",
    ],
    "no resource": [
      waiver({ resource: undefined }),
      "waivers.yaml:2: waivers[0].resource must be a name, a URN or a pattern with *",
    ],
    "no reason": [
      waiver({ reason: '" "' }),
      "waivers.yaml:4: waivers[0].reason must be why the rule need not hold",
    ],
    "no owner": [waiver({ owner: "" }), "waivers.yaml:5: waivers[0].owner must be who answers for it"],
    "no date": [
      waiver({ expires: "soon" }),
      "waivers.yaml:6: waivers[0].expires must be a date such as 2027-01-31",
    ],
    "a day that is none": [
      waiver({ expires: "2027-02-30" }),
      "waivers.yaml:6: waivers[0].expires is no day of the calendar",
    ],
    "a word too many": [
      waiver({ expiry: "2027-01-31" }),
      'waivers.yaml:2: waivers[0] Unrecognized key: "expiry"',
    ],
  };
  for (const [what, [text, message]] of Object.entries(wrong))
    it(`is refused with ${what}, by its line`, () => {
      assert.throws(
        () => parse(text),
        (error: Error) => error.message.startsWith(message) || assert.fail(error.message),
      );
    });

  it("is refused with every problem at once", () => {
    assert.throws(
      () => parse(waiver({ rule: "none", owner: undefined })),
      /rule is no rule[^\n]*\n[^\n]*owner must be/,
    );
  });

  it("is refused where it is not there", () => {
    assert.throws(() => readWaivers("/nowhere/waivers.yaml", "waivers.yaml", rules), {
      message: "waivers.yaml: there is no such file of waivers",
    });
  });
});
