import assert from "node:assert/strict";
import type { Waiver } from "../../../policies/waivers/waiver.ts";
import { WaiverBook } from "../../../policies/waivers/waiver-book.ts";

const urn = "urn:pulumi:prod::project::component$aws:s3/bucket:Bucket::data-bucket";
const waiver = (changes: Partial<Waiver> = {}): Waiver => ({
  rule: "s3-require-tls",
  resources: ["data-bucket"],
  stack: "*",
  mayBeAbsent: false,
  reason: "a reason",
  owner: "team",
  expires: "2026-06-15",
  place: "waivers.yaml:2",
  ...changes,
});
const book = (
  changes: Partial<Waiver> = {},
  now = "2026-06-15T23:59:59Z",
  stack: string | undefined = "prod",
) => new WaiverBook([waiver(changes)], stack, new Date(now));

describe("book of waivers", () => {
  const matching: Record<string, Partial<Waiver>> = {
    "its name": {},
    "its URN": { resources: [urn] },
    "a pattern of its name": { resources: ["data-*"] },
    "a pattern of its URN": { resources: ["*::component$aws:s3/*"] },
    "one of several": { resources: ["other", "data-bucket"] },
    "its stack": { stack: "prod" },
    "a pattern of its stack": { stack: "pr*" },
  };
  for (const [what, changes] of Object.entries(matching))
    it(`finds a waiver by ${what}`, () => {
      assert.equal(book(changes).use("s3-require-tls", urn)?.owner, "team");
    });

  const others: Record<string, Partial<Waiver>> = {
    "another rule": { rule: "s3-require" },
    "another name": { resources: ["data"] },
    "what is no pattern": { resources: ["data.bucket", "data-bucke?"] },
    "another stack": { stack: "dev" },
  };
  for (const [what, changes] of Object.entries(others))
    it(`takes no waiver for ${what}`, () => {
      assert.equal(book(changes).use("s3-require-tls", urn), undefined);
    });

  it("lets a waiver hold until the end of its day", () => {
    assert.ok(book().isWaived("s3-require-tls", urn));
    const next = book({}, "2026-06-16T00:00:00Z");
    assert.equal(next.use("s3-require-tls", urn), undefined);
    assert.deepEqual(
      next.expired().map(({ place }) => place),
      ["waivers.yaml:2"],
    );
    assert.deepEqual(next.unused([]), [], "too old is enough");
    assert.deepEqual(book().expired(), []);
  });

  it("knows which were not used", () => {
    const looked = book();
    looked.look(urn);
    assert.equal(looked.unused([urn]).length, 1);
    looked.use("s3-require-tls", urn);
    assert.deepEqual(looked.unused([urn]), []);
  });

  it("counts one as used whose rule could not look yet", () => {
    const looked = book();
    looked.look(urn);
    looked.keep("s3-require-tls", urn);
    assert.deepEqual(looked.unused([urn]), []);
  });

  it("says nothing of a waiver whose resource was left out of the operation", () => {
    assert.deepEqual(book().unused([urn]), []);
    assert.equal(book().unused(["urn:pulumi:prod::project::type::other"]).length, 1);
  });

  it("lets one be unused whose resource need not be there, where it is not", () => {
    const optional = book({ mayBeAbsent: true });
    optional.look(urn);
    assert.deepEqual(optional.unused([]), []);
    assert.equal(optional.unused([urn]).length, 1);
  });

  it("leaves out waivers of other stacks, but where it does not know which stack it is", () => {
    assert.deepEqual(book({ stack: "dev" }).unused([]), []);
    assert.equal(
      new WaiverBook([waiver({ stack: "dev" })], undefined, new Date("2026-06-15")).unused([]).length,
      1,
    );
  });
});
