import assert from "node:assert/strict";
import { ApiError, type Problem } from "../../../../runtime/errors.ts";
import type { Datatype } from "../../../../runtime/inference/inference.ts";
import { decodeRequest, type ModelInterface } from "../../../../runtime/inference/protocol/decode-request.ts";
import { markLongIntegers } from "../../../../runtime/inference/protocol/exact-integers.ts";

function modelOf(datatype: Datatype, shape: number[]): ModelInterface {
  return {
    inputs: [{ name: "x", datatype, shape }],
    outputs: [
      { name: "y", datatype: "FP32", shape: [-1] },
      { name: "z", datatype: "FP32", shape: [-1] },
    ],
  };
}

function problemsOf(request: unknown, model: ModelInterface): Problem[] {
  try {
    decodeRequest(request, model);
  } catch (error) {
    assert.ok(error instanceof ApiError);
    assert.equal(error.status, 400);
    assert.equal(error.code, "invalid-request");
    return error.problems;
  }
  throw new Error("the request was accepted");
}

const x = (datatype: string, shape: unknown, data: unknown) => ({
  inputs: [{ name: "x", datatype, shape, data }],
});

describe("decodeRequest", () => {
  it("takes data flat and nested, of any rank", () => {
    const flat = decodeRequest(x("FP32", [2, 1, 2], [1, 2, 3, 4]), modelOf("FP32", [-1, 1, 2]));
    const nested = decodeRequest(x("FP32", [2, 1, 2], [[[1, 2]], [[3, 4]]]), modelOf("FP32", [-1, 1, 2]));
    assert.deepEqual(flat.inputs, nested.inputs);
    assert.deepEqual(flat.inputs[0]?.data, Float32Array.from([1, 2, 3, 4]));
    assert.deepEqual(decodeRequest(x("INT8", [], [5]), modelOf("INT8", [])).inputs[0]?.data, Int8Array.of(5));
  });

  it("asks for all outputs, or those that the request names", () => {
    const request = { id: "a", ...x("FP32", [1], [1]) };
    assert.deepEqual(decodeRequest(request, modelOf("FP32", [1])).outputs, ["y", "z"]);
    const one = decodeRequest({ ...request, outputs: [{ name: "z" }] }, modelOf("FP32", [1]));
    assert.deepEqual(one.outputs, ["z"]);
    assert.equal(one.id, "a");
  });

  it("takes the smallest and largest value of each datatype and refuses those beyond, naming the element", () => {
    const cases: [Datatype, unknown[], unknown[]][] = [
      ["INT8", [-128, 127], [-129, 300]],
      ["UINT8", [0, 255], [-1, 256]],
      ["INT16", [-32_768, 32_767], [-32_769, 32_768]],
      ["UINT16", [0, 65_535], [-1, 65_536]],
      ["INT32", [-(2 ** 31), 2 ** 31 - 1], [-(2 ** 31) - 1, 2 ** 31]],
      ["UINT32", [0, 2 ** 32 - 1], [-1, 2 ** 32]],
      [
        "INT64",
        ["-9223372036854775808", "9223372036854775807"],
        ["-9223372036854775809", "9223372036854775808"],
      ],
      ["UINT64", [0, "18446744073709551615"], [-1, "18446744073709551616"]],
      ["FP16", [-65_519, 65_504], [-65_520, 65_520]],
      ["FP32", [-3.4028235677973e38, 3.4028234e38], [-3.41e38, 1e300]],
      ["FP64", [-1.7e308, 5e-324], [Number("-1e999"), Number("1e999")]],
    ];
    for (const [datatype, good, bad] of cases) {
      assert.equal(decodeRequest(x(datatype, [2], good), modelOf(datatype, [2])).inputs[0]?.data.length, 2);
      const problems = problemsOf(x(datatype, [2], bad), modelOf(datatype, [2]));
      assert.deepEqual(
        problems.map(({ path }) => path),
        ["inputs[0].data[0]", "inputs[0].data[1]"],
        datatype,
      );
    }
    const [problem] = problemsOf(x("INT8", [2], [1, 300]), modelOf("INT8", [2]));
    assert.deepEqual(problem, { path: "inputs[0].data[1]", message: "300 is outside INT8: -128 to 127" });
  });

  it("refuses values of the wrong kind in each datatype", () => {
    const wrong: Record<Datatype, unknown[]> = {
      BOOL: [1, "true", null],
      UINT8: [1.5, "1", true],
      UINT16: [1.5, null, [1]],
      UINT32: [0.5, {}, "x"],
      UINT64: ["1.5", "0x10", ""],
      INT8: [0.1, null, false],
      INT16: ["", [], 1e-3],
      INT32: [null, {}, 2.5],
      INT64: [2 ** 53, "1e3", null],
      FP16: ["1", null, true],
      FP32: ["NaN", null, [1]],
      FP64: ["Infinity", false, {}],
      BYTES: [1, null, true],
    };
    for (const [datatype, data] of Object.entries(wrong) as [Datatype, unknown[]][])
      assert.equal(problemsOf(x(datatype, [3], data), modelOf(datatype, [3])).length, 3, datatype);
  });

  it("refuses integers that JSON has rounded, and takes them as text", () => {
    const rounded = JSON.parse("[9007199254740993]");
    const [problem] = problemsOf(x("INT64", [1], rounded), modelOf("INT64", [1]));
    assert.match(problem?.message ?? "", /send it as text/);
    for (const exact of ["9007199254740993", JSON.parse(markLongIntegers("9007199254740993"))]) {
      const { inputs } = decodeRequest(x("INT64", [1], [exact]), modelOf("INT64", [1]));
      assert.deepEqual(inputs[0]?.data, BigInt64Array.of(9007199254740993n));
    }
  });

  it("takes a number that was kept exact as a number everywhere else", () => {
    const exact = JSON.parse(markLongIntegers("9007199254740993"));
    const half = decodeRequest(x("FP64", [1], [exact]), modelOf("FP64", [1]));
    assert.deepEqual(half.inputs[0]?.data, Float64Array.of(9007199254740992));
    for (const datatype of ["BYTES", "BOOL", "INT32"] as const)
      assert.match(
        problemsOf(x(datatype, [1], [exact]), modelOf(datatype, [1]))[0]?.message ?? "",
        /not 9007199254740993$/,
      );
    const [problem] = problemsOf({ ...x("FP32", [1], [1]), id: exact }, modelOf("FP32", [1]));
    assert.deepEqual(problem, { path: "id", message: "must be text, not 9007199254740993" });
  });

  it("refuses text that ONNX Runtime would change", () => {
    const problems = problemsOf(x("BYTES", [3], ["a\0b", "\ud800", "good"]), modelOf("BYTES", [-1]));
    assert.match(problems[0]?.message ?? "", /NUL/);
    assert.match(problems[1]?.message ?? "", /surrogate/);
    assert.equal(problems.length, 2);
  });

  it("tells all problems of all tensors at once, with their paths", () => {
    const model: ModelInterface = {
      inputs: [
        { name: "a", datatype: "FP32", shape: [-1, 2] },
        { name: "b", datatype: "INT8", shape: [3] },
        { name: "c", datatype: "BOOL", shape: [1] },
      ],
      outputs: [{ name: "y", datatype: "FP32", shape: [-1] }],
    };
    const problems = problemsOf(
      {
        id: 7,
        inputs: [
          { name: "a", datatype: "FP64", shape: [1, 3], data: "1,2" },
          { name: "b", datatype: "INT8", shape: [3], data: [1, 2] },
          { name: "b", datatype: "INT8", shape: [3], data: [1, 2, 999] },
          { name: "other", datatype: "FLOAT", shape: "big", data: [] },
          null,
        ],
        outputs: [{ name: "nothing" }, 5],
      },
      model,
    );
    assert.deepEqual(
      problems.map(({ path, message }) => `${path}: ${message}`),
      [
        "id: must be text, not 7",
        "inputs[0].datatype: must be FP32, not FP64",
        "inputs[0].shape: must be [-1, 2] (-1: any size), not [1, 3]",
        'inputs[0].data: must be an array, not "1,2"',
        "inputs[1].data: has 2 elements, shape [3] needs 3",
        'inputs[2].name: "b" is given twice',
        "inputs[2].data[2]: 999 is outside INT8: -128 to 127",
        'inputs[3].name: "other" is no input of the model; it has "a", "b", "c"',
        'inputs[3].datatype: must be one of BOOL, UINT8, UINT16, UINT32, UINT64, INT8, INT16, INT32, INT64, FP16, FP32, FP64, BYTES, not "FLOAT"',
        'inputs[3].shape: must be an array of whole numbers of at least 1, not "big"',
        "inputs[4]: must be a tensor object, not null",
        'inputs: input "c" is missing',
        'outputs[0].name: "nothing" is no output of the model; it has "y"',
        "outputs[1]: must be an object with a name, not 5",
      ],
    );
  });

  it("refuses shapes that are not whole numbers from 1, or do not fit the model", () => {
    for (const shape of [[0, 2], [-1, 2], [1.5, 2], ["1", 2], [2], [1, 2, 1], [2 ** 53, 2], {}, null, 3])
      assert.equal(
        problemsOf(x("FP32", shape, [1, 2]), modelOf("FP32", [-1, 2]))[0]?.path,
        "inputs[0].shape",
      );
  });

  it("refuses nested data whose form is not the shape's", () => {
    const model = modelOf("FP32", [-1, 2]);
    const paths = (data: unknown) => problemsOf(x("FP32", [2, 2], data), model).map(({ path }) => path);
    assert.deepEqual(paths([[1, 2]]), ["inputs[0].data"]);
    assert.deepEqual(paths([[1, 2], [3]]), ["inputs[0].data[1]"]);
    assert.deepEqual(paths([[1, 2], 3]), ["inputs[0].data[1]"]);
    assert.deepEqual(
      paths([
        [1, [2]],
        [3, 4],
      ]),
      ["inputs[0].data[0][1]"],
    );
    assert.deepEqual(paths([1, [2], 3, 4]), ["inputs[0].data[1]"]);
    assert.deepEqual(
      paths([
        [1, 2],
        [3, "4"],
      ]),
      ["inputs[0].data[1][1]"],
    );
  });

  it("counts, instead of listing, when very many elements are wrong", () => {
    const problems = problemsOf(x("FP32", [10_000], new Array(10_000).fill("no")), modelOf("FP32", [-1]));
    assert.equal(problems.length, 11);
    assert.equal(problems.at(-1)?.message, "9990 more elements are wrong");
    const many = { inputs: new Array(5000).fill(null) };
    assert.ok(problemsOf(many, modelOf("FP32", [-1])).length <= 101);
  });

  it("refuses batches of different sizes, and more texts than memory bears", () => {
    const model: ModelInterface = {
      inputs: [
        { name: "text", datatype: "BYTES", shape: [-1] },
        { name: "x", datatype: "FP32", shape: [-1] },
      ],
      outputs: [{ name: "y", datatype: "FP32", shape: [-1] }],
      preprocessing: [
        {
          type: "hashed-features",
          input: "text",
          output: "features",
          size: 2 ** 25,
          wordNgrams: [1, 1],
          characterNgrams: [0, 0],
        },
      ],
    };
    const inputs = [
      { name: "text", datatype: "BYTES", shape: [3], data: ["a", "b", "c"] },
      { name: "x", datatype: "FP32", shape: [2], data: [1, 2] },
    ];
    assert.deepEqual(
      problemsOf({ inputs }, model).map(({ message }) => message),
      ['input "x" has batch size 2, input "text" has 3', 'input "text" has 3 elements, the limit is 2'],
    );
  });

  describe("with binary data", () => {
    const binaryInput = (name: string, datatype: string, shape: unknown, size: unknown) => ({
      name,
      datatype,
      shape,
      parameters: { binary_data_size: size },
    });
    const model: ModelInterface = {
      inputs: [
        { name: "a", datatype: "INT16", shape: [-1] },
        { name: "b", datatype: "FP32", shape: [1] },
        { name: "c", datatype: "BYTES", shape: [-1] },
      ],
      outputs: [{ name: "y", datatype: "FP32", shape: [-1] }],
    };
    const messagesOf = (inputs: unknown[], binary: Uint8Array | undefined, of = model) => {
      try {
        decodeRequest({ inputs }, of, binary);
      } catch (error) {
        assert.ok(error instanceof ApiError);
        return error.problems.map(({ path, message }) => `${path}: ${message}`);
      }
      throw new Error("the request was accepted");
    };

    it("takes tensors in the order of the inputs, beside others that are JSON", () => {
      const inputs = [
        binaryInput("c", "BYTES", [2], 11),
        { name: "b", datatype: "FP32", shape: [1], data: [0.5] },
        binaryInput("a", "INT16", [2], 4),
      ];
      const binary = Buffer.concat([Buffer.from("\x02\0\0\0hi\x01\0\0\0!"), Buffer.from([1, 0, 0xff, 0xff])]);
      const decoded = decodeRequest({ inputs }, model, binary);
      assert.deepEqual(
        decoded.inputs.map(({ name, data }) => [name, data]),
        [
          ["c", ["hi", "!"]],
          ["b", Float32Array.of(0.5)],
          ["a", Int16Array.of(1, -1)],
        ],
      );
    });

    it("refuses sizes that are none, or do not make up what followed", () => {
      const one = modelOf("FP32", [1]);
      const size = (value: unknown) => [{ ...binaryInput("x", "FP32", [1], value) }];
      for (const value of [-4, 1.5, "4", null, 2 ** 60])
        assert.match(
          messagesOf(size(value), Buffer.alloc(4), one)[0] ?? "",
          /^inputs\[0\].parameters.binary_data_size: must be a whole number/,
        );
      assert.deepEqual(messagesOf(size(4), Buffer.alloc(3), one), [
        "inputs: all binary_data_size together are 4 bytes, 3 bytes follow the JSON",
      ]);
      assert.deepEqual(messagesOf(size(4), Buffer.alloc(5), one), [
        "inputs: all binary_data_size together are 4 bytes, 5 bytes follow the JSON",
      ]);
      assert.deepEqual(messagesOf(size(8), Buffer.alloc(8), one), [
        "inputs[0].parameters.binary_data_size: is 8 bytes, FP32 of shape [1] needs 4",
      ]);
      assert.match(
        messagesOf(size(4), undefined, one)[0] ?? "",
        /needs the header Inference-Header-Content-Length/,
      );
    });

    it("refuses data in both forms, and binary data that no input claims", () => {
      const both = [{ ...binaryInput("x", "FP32", [1], 4), data: [1] }];
      assert.match(messagesOf(both, Buffer.alloc(4), modelOf("FP32", [1]))[0] ?? "", /together with data/);
      const json = x("FP32", [1], [1]).inputs;
      assert.deepEqual(messagesOf(json, Buffer.alloc(4), modelOf("FP32", [1])), [
        "inputs: all binary_data_size together are 0 bytes, 4 bytes follow the JSON",
      ]);
    });
  });

  it("reads priority, timeout and how each output is wanted", () => {
    const request = {
      ...x("FP32", [1], [1]),
      parameters: { priority: 2, timeout: 1_500_000, binary_data_output: true, anything: { else: 1 } },
      outputs: [
        { name: "y", parameters: { binary_data: false, classification: 2 } },
        { name: "z", parameters: { classification: 0 } },
      ],
    };
    const decoded = decodeRequest(request, modelOf("FP32", [1]));
    assert.deepEqual([decoded.priority, decoded.timeoutSeconds], [2, 1.5]);
    assert.deepEqual(
      [...decoded.forms],
      [
        ["y", { isBinary: false, classes: 2 }],
        ["z", { isBinary: true }],
      ],
    );
    const plain = decodeRequest(
      { ...x("FP32", [1], [1]), parameters: { priority: 0, timeout: 0 } },
      modelOf("FP32", [1]),
    );
    assert.deepEqual([plain.priority, plain.timeoutSeconds], [undefined, undefined]);
    assert.deepEqual([...plain.forms.values()], [{ isBinary: false }, { isBinary: false }]);
  });

  it("refuses parameters of the wrong kind, and shared memory", () => {
    const request = {
      ...x("FP32", [1], [1]),
      parameters: { priority: -1, timeout: "5", binary_data_output: 1 },
      outputs: [
        { name: "y", parameters: { classification: 1.5, binary_data: "yes" } },
        { name: "z", parameters: { shared_memory_region: "r" } },
      ],
    };
    assert.deepEqual(
      problemsOf(request, modelOf("FP32", [1])).map(({ path }) => path),
      [
        "parameters.binary_data_output",
        "parameters.priority",
        "parameters.timeout",
        "outputs[0].parameters.binary_data",
        "outputs[0].parameters.classification",
        "outputs[1].parameters.shared_memory_region",
      ],
    );
    const input = { name: "x", datatype: "FP32", shape: [1], parameters: { shared_memory_region: "r" } };
    assert.match(problemsOf({ inputs: [input] }, modelOf("FP32", [1]))[0]?.message ?? "", /no shared memory/);
    for (const parameters of [5, [], "x"])
      assert.equal(
        problemsOf({ ...request, outputs: [], parameters }, modelOf("FP32", [1]))[0]?.path,
        "parameters",
      );
  });

  it("tells why BF16 is refused", () => {
    const [problem] = problemsOf(x("BF16", [1], [1]), modelOf("FP32", [1]));
    assert.match(problem?.message ?? "", /must be FP32, not "BF16": ONNX Runtime for Node carries no BF16/);
  });

  it("refuses what is no object, and inputs that are no array", () => {
    for (const request of [null, 5, "text", [], true])
      assert.equal(problemsOf(request, modelOf("FP32", [1])).length, 1);
    for (const inputs of [undefined, null, {}, "x"])
      assert.equal(problemsOf({ inputs }, modelOf("FP32", [1]))[0]?.path, "inputs");
  });
});
