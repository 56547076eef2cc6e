import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { publicKeyOf } from "../../../runtime/inference/model-signature.ts";
import { createModelSigner } from "../../../runtime/inference/model-signer.ts";
import { secretsOf } from "../workflows/task-types/run-task.ts";
import { thrownBy } from "./thrown-by.ts";

describe("createModelSigner", () => {
  const [own, other] = [generateKeyPairSync("ed25519").privateKey, generateKeyPairSync("ed25519").privateKey];
  const pem = (key: typeof own) => String(key.export({ format: "pem", type: "pkcs8" }));
  const secrets = secretsOf({ own: pem(own), other: pem(other), password: "hunter2-hunter2" });
  const publicKey = async (signer: ReturnType<typeof createModelSigner>, secret?: string) => {
    const key = await signer.key(secret);
    return key === undefined ? undefined : publicKeyOf(key);
  };

  it("gives the setting's key, or the one of the secret that is named", async () => {
    const signer = createModelSigner({ secrets, secret: "own", modelKeys: [] });
    assert.equal(await publicKey(signer), publicKeyOf(own));
    assert.equal(await publicKey(signer, "other"), publicKeyOf(other));
  });

  it("signs nothing where no key is set and none is needed", async () => {
    assert.equal(
      await publicKey(createModelSigner({ secrets, secret: undefined, modelKeys: [] })),
      undefined,
    );
  });

  it("refuses what this runtime could not load", async () => {
    const modelKeys = [publicKeyOf(own)];
    const none = await thrownBy(createModelSigner({ secrets, secret: undefined, modelKeys }).key());
    assert.deepEqual([none.status, none.code], [409, "cannot-sign"]);
    assert.match(none.message, /set SKYLOOM_MODEL_SIGNING_SECRET/);
    const signer = createModelSigner({ secrets, secret: "own", modelKeys });
    assert.equal(await publicKey(signer), publicKeyOf(own));
    const foreign = await thrownBy(signer.key("other"));
    assert.equal(foreign.code, "cannot-sign");
    assert.match(foreign.message, /secret "other" is none of SKYLOOM_MODEL_KEYS/);
  });

  it("tells that a secret is no key, and nothing of what it is", async () => {
    const signer = createModelSigner({ secrets, secret: "password", modelKeys: [] });
    const error = await thrownBy(signer.key());
    assert.deepEqual([error.status, error.code], [422, "secret-not-usable"]);
    assert.doesNotMatch(JSON.stringify(error, Object.getOwnPropertyNames(error)), /hunter2/);
    const without = createModelSigner({ secrets: undefined, secret: "own", modelKeys: [] });
    assert.equal((await thrownBy(without.key())).code, "secrets-not-configured");
  });
});
