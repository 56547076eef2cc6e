import assert from "node:assert/strict";
import { createPublicKey } from "node:crypto";
import bs58 from "bs58";
import { createFixture, type Fixture } from "./fixture.ts";

const urn = (type: string) => `urn:pulumi:test::skyloom::skyloom:index:${type}::one`;

describe("secrets that a stack makes for itself", () => {
  let fixture: Fixture;
  beforeEach(() => {
    fixture = createFixture();
  });
  afterEach(() => fixture.remove());

  it("are of 256 random bits, another one each time", async () => {
    const made = [await create("RandomSecret"), await create("RandomSecret")];
    for (const { value } of made) assert.equal(Buffer.from(value, "base64url").length, 32);
    assert.notEqual(made[0]?.value, made[1]?.value);
  });

  it("have a public key in the form that Restate's SDK takes", async () => {
    const { privateKeyPem, publicKey } = await create("SigningKey");
    const spki = createPublicKey(privateKeyPem).export({ format: "der", type: "spki" });
    assert.equal(publicKey, `publickeyv1_${bs58.encode(spki.subarray(12))}`);
  });

  it("stay what they are when the stack is refreshed", async () => {
    const state = await create("RandomSecret");
    const { props } = await fixture.provider.read("one", urn("RandomSecret"), state);
    assert.deepEqual(props, state);
    const { changes } = await fixture.provider.diff("one", urn("RandomSecret"), state, {});
    assert.equal(changes, false);
  });

  async function create(type: string): Promise<{ value: string; privateKeyPem: string; publicKey: string }> {
    const { outs } = await fixture.provider.create(urn(type), {});
    return outs;
  }
});
