import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { publicKeyOf } from "../../../runtime/inference/model-signature.ts";
import { publishModel } from "../../../runtime/inference/publish-model.ts";
import { answerOf, useEngines } from "./engine-fixture.ts";
import { scaleModel } from "./models.ts";
import { thrownBy } from "./thrown-by.ts";

describe("inference engine: signed models", () => {
  const engines = useEngines();
  const { privateKey: signingKey } = generateKeyPairSync("ed25519");
  const { privateKey: foreignKey } = generateKeyPairSync("ed25519");
  const modelKeys = [publicKeyOf(generateKeyPairSync("ed25519").privateKey), publicKeyOf(signingKey)];

  const manifest = "models/scale/1/manifest.json";

  it("serves versions signed by a known key", async () => {
    await publishModel(engines.store, scaleModel(2), { signingKey });
    assert.equal(await answerOf(engines.start({ modelKeys }), "scale"), 2);
    assert.equal(await answerOf(engines.start(), "scale"), 2);
  });

  it("refuses those without a signature and those of another key, and says which it is", async () => {
    await publishModel(engines.store, scaleModel(2));
    await publishModel(engines.store, scaleModel(2, "foreign"), { signingKey: foreignKey });
    const inference = engines.start({ modelKeys });
    const unsigned = await thrownBy(inference.ready("scale"));
    assert.deepEqual([unsigned.status, unsigned.code], [503, "model-unavailable"]);
    assert.match(
      unsigned.message,
      /version 1 of model scale is not signed by a known key: it has no signature/,
    );
    const foreign = (await thrownBy(inference.ready("foreign"))).message;
    assert.ok(foreign.includes(`${publicKeyOf(foreignKey)} is none of SKYLOOM_MODEL_KEYS`), foreign);
    await publishModel(engines.store, scaleModel(3, "other"));
    assert.equal(await answerOf(engines.start(), "other"), 3);
  });

  it("refuses a manifest that was changed after it was signed, in whatever way", async () => {
    await publishModel(engines.store, scaleModel(2), { signingKey });
    await engines.breakFile(manifest, (content) =>
      Buffer.from(content.toString().replace("made by", "Made by")),
    );
    const error = await thrownBy(engines.start({ modelKeys }).ready("scale"));
    assert.match(error.message, /its signature is of another manifest/);
  });

  it("refuses a signature that was taken from another version", async () => {
    await publishModel(engines.store, scaleModel(2), { signingKey });
    await publishModel(engines.store, scaleModel(3), { signingKey });
    const { body } = (await engines.store.get("models/scale/1/manifest.signature.json")) ?? {};
    await engines.store.put("models/scale/2/manifest.signature.json", body as Uint8Array);
    const error = await thrownBy(engines.start({ modelKeys }).ready("scale", "2"));
    assert.match(error.message, /its signature is of another manifest/);
  });

  it("keeps the version that serves where the next one is not signed", async () => {
    await publishModel(engines.store, scaleModel(2), { signingKey });
    const inference = engines.start({ modelKeys });
    assert.equal(await answerOf(inference, "scale"), 2);
    await publishModel(engines.store, scaleModel(3));
    await inference.ready("scale");
    assert.equal(await answerOf(inference, "scale"), 2);
    const states = (await inference.models()).map(({ version, state }) => `${version} ${state}`);
    assert.deepEqual(states, ["1 READY", "2 UNAVAILABLE"]);
  });
});
