import assert from "node:assert/strict";
import { ArgumentsError, readArguments } from "../../../bench/inference/arguments.ts";

function problemOf(...args: string[]): string {
  try {
    readArguments(args);
  } catch (error) {
    assert.ok(error instanceof ArgumentsError);
    return error.message;
  }
  return "";
}

describe("arguments of bench:inference", () => {
  it("measure everything where none is given", () => {
    assert.deepEqual(readArguments([]), {
      quick: false,
      json: false,
      help: false,
      peers: ["bare", "mlserver", "litserve", "fastapi"],
      models: ["tiny", "convolutional", "encoder"],
      encodings: undefined,
      concurrencies: undefined,
      seconds: undefined,
      rounds: undefined,
      minutes: undefined,
    });
  });

  it("leave out the encoder where it must be quick", () => {
    assert.deepEqual(readArguments(["--quick"]).models, ["tiny", "convolutional"]);
  });

  it("name peers and models in any order, with spaces", () => {
    const { peers, models } = readArguments(["--peers", "fastapi, bare", "--models", "encoder,tiny"]);
    assert.deepEqual(
      [peers, models],
      [
        ["bare", "fastapi"],
        ["tiny", "encoder"],
      ],
    );
  });

  it("name encodings and numbers of requests at the same time", () => {
    const { encodings, concurrencies } = readArguments(["--encodings", "binary", "--concurrency", "64, 8"]);
    assert.deepEqual([encodings, concurrencies], [["binary"], [64, 8]]);
  });

  it("measure FastAPI's raw requests only where they are asked for", () => {
    assert.deepEqual(readArguments(["--peers", "fastapi-raw,fastapi"]).peers, ["fastapi", "fastapi-raw"]);
  });

  it("are refused all at once, each with what is allowed", () => {
    const numbers = [
      "--minutes",
      "0",
      "--seconds",
      "x",
      "--rounds",
      "1.5",
      "--concurrency",
      "8,0",
      "--encodings",
      "xml",
    ];
    const message = problemOf("--peers", "triton,bare", "--models", ",", ...numbers);
    assert.match(message, /--peers has triton; allowed are bare, mlserver, litserve, fastapi, fastapi-raw\n/);
    assert.match(message, /--models is empty; give some of tiny, convolutional, encoder/);
    assert.match(message, /--minutes is "0"; give a number from 1 to 1440/);
    assert.match(message, /--seconds is "x"; give a number from 0.1 to 600/);
    assert.match(message, /--concurrency is "0"; give a whole number from 1 to 1000/);
    assert.match(message, /--encodings has xml; allowed are json, binary/);
    assert.match(message, /--rounds is "1.5"; give a whole number from 1 to 100/);
  });

  it("do not take the encoder into a quick run", () => {
    assert.match(problemOf("--quick", "--models", "encoder"), /allowed are tiny, convolutional$/m);
  });

  it("are either a quick table or a soak", () => {
    assert.match(problemOf("--quick", "--minutes", "10"), /--minutes is a soak/);
    assert.equal(readArguments(["--minutes", "10"]).minutes, 10);
  });

  it("that are unknown are told with the usage", () => {
    assert.match(problemOf("--fast"), /--fast.*usage: npm run bench:inference/s);
  });
});
