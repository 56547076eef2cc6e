import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import type { Random } from "./random.ts";

/** A request that is wrong in one way, which its kind tells. */
export interface MalformedRequest {
  kind: string;
  method: string;
  path: string;
  headers: Record<string, string>;
  body: Buffer;
}

type Part = Partial<Omit<MalformedRequest, "kind">>;

const scale = "/v2/models/scale/infer";
const jsonLength = "Inference-Header-Content-Length";
const input = { name: "x", datatype: "FP32", shape: [1, 2], data: [1, 2] as unknown };

const json = (value: unknown) => Buffer.from(JSON.stringify(value));
const inputs = (change: object) => ({ body: json({ inputs: [{ ...input, ...change }] }) });

/** JSON with a placeholder in it replaced by text that JSON.stringify would not write. */
const written = (value: unknown, text: string) => Buffer.from(JSON.stringify(value).replace('"HERE"', text));

function binary(size: unknown, content: Buffer, change: object = {}, length?: string): Part {
  const { data: _, ...head } = input;
  const body = json({ inputs: [{ ...head, parameters: { binary_data_size: size }, ...change }] });
  return {
    body: Buffer.concat([body, content]),
    headers: { [jsonLength]: length ?? String(body.length) },
  };
}

/** A tensor of BYTES in binary form. */
function texts(content: Buffer, shape: unknown = [1, 2]): Part {
  return {
    path: "/v2/models/identity-BYTES/infer",
    ...binary(content.length, content, { datatype: "BYTES", shape }),
  };
}

function text(length: number, content: Uint8Array): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt32LE(length);
  return Buffer.concat([head, content]);
}

/** Each decompresses to 64 MiB, four times the limit. */
const bombContent = Buffer.alloc(64 * 1024 * 1024, " ");
const bombs = {
  gzip: gzipSync(bombContent),
  deflate: deflateSync(bombContent),
  br: brotliCompressSync(bombContent),
};

/** What no dimension may be. */
const wrongSizes = [0, -1, -(2 ** 31), 1.5, "2", null, true, [2], {}, 2 ** 53, 1e308];
const hugeSizes = [3, 2 ** 31, 2 ** 32, 2 ** 52, 10_000_000];

function deep(random: Random): string {
  const depth = random.whole(50, 20_000);
  const [open, close] = random.pick([
    ["[", "]"],
    ['{"a":', "}"],
  ]);
  return `${open.repeat(depth)}1${close.repeat(depth)}`;
}

const kinds: Record<string, (random: Random) => Part> = {
  "truncated binary": (random) => binary(8, random.bytes(random.whole(0, 7))),
  "binary with more behind it": (random) => binary(8, random.bytes(random.whole(9, 300))),
  "lying binary size": (random) => {
    const sizes = [
      random.whole(9, 2 ** 31),
      random.whole(0, 7),
      -8,
      8.5,
      "8",
      null,
      1e308,
      [8],
      true,
      2 ** 53,
    ];
    return binary(random.pick(sizes), random.bytes(8));
  },
  "binary of the wrong shape": (random) => {
    const rows = random.whole(2, 1000);
    return binary(8, random.bytes(8), { shape: [rows, 2] });
  },
  "binary and data": (random) => binary(8, random.bytes(8), { data: [1, 2] }),
  "binary without the header": (random) => ({ ...binary(8, random.bytes(8)), headers: {} }),
  "wrong header": (random) => {
    const lengths = ["-1", "x", "1e2", "0x10", "99999999", "12.5", "9".repeat(400), "5, 5", "NaN", " "];
    return binary(8, random.bytes(8), {}, random.pick(lengths));
  },
  "header within the JSON": (random) => binary(8, random.bytes(8), {}, String(random.whole(1, 60))),
  "raw body of a wrong size": (random) => ({
    body: random.bytes(8 * random.whole(0, 100) + random.whole(1, 7)),
    headers: { [jsonLength]: "0" },
  }),
  "binary texts that lie": (random) => {
    const content = random.bytes(random.whole(0, 20));
    const length = content.length + random.whole(1, 2 ** 31);
    return texts(random.pick([text(length, content), random.bytes(3), text(0, Buffer.alloc(0))]));
  },
  "binary texts that are none": (random) => {
    const wrong = random.pick([
      Buffer.from("a\0b"),
      Buffer.from([0xff, 0xfe]),
      Buffer.from([0xed, 0xa0, 0x80]),
    ]);
    return texts(Buffer.concat([text(wrong.length, wrong), text(1, Buffer.from("a"))]));
  },
  "wrong dimension": (random) => inputs({ shape: [random.pick(wrongSizes), 2] }),
  "huge shape": (random) =>
    random.pick([inputs, (change: object) => binary(8, random.bytes(8), change)])({
      shape: [random.pick(hugeSizes), 2],
    }),
  "too many dimensions": (random) =>
    inputs({ shape: Array.from({ length: random.whole(3, 5000) }, () => 1) }),
  "shape that is none": (random) => inputs({ shape: random.pick([null, "1,2", 2, {}, [], true, [[1, 2]]]) }),
  "wrong data": (random) =>
    inputs({
      data: random.pick([null, "1,2", {}, 5, [1], [1, 2, 3], [[1], [2]], ["1", 2], [true, 1], [null, 1]]),
    }),
  "too large numbers": (random) => ({
    body: written(
      { inputs: [{ ...input, data: ["HERE", 1] }] },
      random.pick(["1e39", "-1e400", "9".repeat(400)]),
    ),
  }),
  "numbers that JSON has not": (random) => ({
    body: written(
      { inputs: [{ ...input, data: ["HERE", 1] }] },
      random.pick(["NaN", "Infinity", "-Infinity", "0x1", "1.", ".5", "01", "+1", "--1", "1e", "undefined"]),
    ),
  }),
  "text that is no number": (random) =>
    inputs({ data: [random.pick(["NaN", "Infinity", "1", "", "\u0000"]), 1] }),
  "wrong whole number": (random) => {
    const value = random.pick(["1.5", "9223372036854775808", "-1e3", "", "0x1", "9".repeat(500)]);
    return {
      path: "/v2/models/identity-INT64/infer",
      body: json({ inputs: [{ ...input, datatype: "INT64", data: [value, 1] }] }),
    };
  },
  "deep JSON": (random) => {
    const place = random.pick([
      { inputs: "HERE" },
      { inputs: ["HERE"] },
      { inputs: [{ ...input, data: ["HERE", 1] }] },
      { inputs: [{ ...input, shape: "HERE" }] },
      { inputs: [{ ...input, name: "HERE" }] },
      { inputs: [input], outputs: ["HERE"] },
      { inputs: [input], parameters: { priority: "HERE" } },
      { inputs: [input], id: "HERE" },
    ]);
    return { body: written(place, deep(random)) };
  },
  "JSON that never ends": (random) => ({
    body: Buffer.from(random.pick(["[", '{"inputs":', '[{"a":', '"\\u00']).repeat(random.whole(1, 20_000))),
  }),
  "stray byte": (random) => {
    const whole = json({ inputs: [input] });
    const place = random.whole(0, whole.length);
    const byte = random.pick([0, 1, 8, 0x1f, 0x80, 0xff]);
    return { body: Buffer.concat([whole.subarray(0, place), Buffer.from([byte]), whole.subarray(place)]) };
  },
  "cut JSON": (random) => {
    const whole = json({ inputs: [input] });
    return { body: whole.subarray(0, random.whole(0, whole.length - 1)) };
  },
  "JSON of another kind": (random) => ({
    body: json(random.pick([null, 5, "x", [], true, {}, { inputs: null }, { inputs: {} }, { inputs: [[]] }])),
  }),
  "wrong name": (random) => inputs({ name: random.pick(["y", "", null, 5, "x\0", "__proto__", {}]) }),
  "wrong datatype": (random) =>
    inputs({ datatype: random.pick(["FP64", "BF16", "fp32", "", null, 5, "constructor", "INT8"]) }),
  "many wrong inputs": (random) => ({
    body: json({ inputs: Array.from({ length: random.whole(2, 2000) }, () => ({ ...input, name: "z" })) }),
  }),
  "wrong outputs": (random) => ({
    body: json({
      inputs: [input],
      outputs: random.pick<unknown>([5, "y", {}, [5], [{}], [{ name: "z" }], [{ name: "y" }, { name: "y" }]]),
    }),
  }),
  "wrong parameters": (random) => ({
    body: json({
      inputs: [input],
      parameters: random.pick<unknown>([
        5,
        [],
        { priority: -1 },
        { timeout: 1.5 },
        { timeout: "9" },
        { binary_data_output: "yes" },
      ]),
    }),
  }),
  "wrong output parameters": (random) => ({
    body: json({
      inputs: [input],
      outputs: [
        {
          name: "y",
          parameters: random.pick<unknown>([
            5,
            { classification: -1 },
            { classification: 1e300 },
            { binary_data: 1 },
          ]),
        },
      ],
    }),
  }),
  "compressed garbage": (random) => ({
    body: random.bytes(random.whole(1, 200)),
    headers: { "Content-Encoding": random.pick(["gzip", "deflate"]) },
  }),
  "cut compression": (random) => {
    const [encoding, whole] = random.pick([
      ["gzip", gzipSync(json({ inputs: [input] }))],
      ["deflate", deflateSync(json({ inputs: [input] }))],
    ] as const);
    return {
      body: whole.subarray(0, random.whole(1, whole.length - 5)),
      headers: { "Content-Encoding": encoding },
    };
  },
  "unknown encoding": (random) => ({
    headers: { "Content-Encoding": random.pick(["compress", "x", "gzip, gzip", "identity, gzip", "\u00e4"]) },
  }),
  "wrong version": (random) => ({
    path: `/v2/models/scale/versions/${random.pick(["0", "-1", "3", "1.0", "x", "%00", "9".repeat(300)])}/infer`,
  }),
  "wrong model": (random) => ({
    path: `/v2/models/${random.pick(["nothing", "..%2fscale", "%00", "%ff", "a%2fb", "%E0%A4%A", ".", "%2e%2e"])}/infer`,
  }),
  "wrong method": (random) => ({ method: random.pick(["GET", "PUT", "DELETE", "PATCH"]) }),
  "wrong repository request": (random) => {
    const path = random.pick(["index", "models/scale/load", "models/scale/unload"]);
    const body = random.pick(["[]", "5", "{", '"x"', "null", "\xff", "NaN", deep(random).slice(0, -1)]);
    return { path: `/v2/repository/${path}`, body: Buffer.from(body, "latin1") };
  },
};

/** These take the server some tens of milliseconds, so they are fewer. */
const costlyKinds: Record<string, (random: Random) => Part> = {
  "decompression bomb": (random) => {
    const encoding = random.pick(["gzip", "deflate", "br"] as const);
    return { body: bombs[encoding], headers: { "Content-Encoding": encoding } };
  },
  "bomb behind a short header": (random) => ({
    body: bombs.gzip,
    headers: { "Content-Encoding": "gzip", [jsonLength]: random.pick(["0", "2", "100"]) },
  }),
  "large array of wrong values": (random) => ({
    body: json({
      inputs: [{ ...input, data: Array.from({ length: random.whole(50_000, 300_000) }, () => "x") }],
    }),
  }),
};

/** As large as is allowed, and many times larger once parsed. */
export function amplifiedRequests(limit: number): MalformedRequest[] {
  const room = limit - 1000;
  const filled = (unit: string) =>
    `[${Array.from({ length: Math.floor(room / (unit.length + 1)) }, () => unit)}]`;
  const nested = (open: string, close: string) => {
    const depth = Math.floor(room / (open.length + close.length));
    return `${open.repeat(depth)}1${close.repeat(depth)}`;
  };
  const data = {
    "empty arrays": filled("[]"),
    objects: filled('{"a":1}'),
    "long whole numbers": filled("9007199254740993"),
    "nested arrays": nested("[", "]"),
    "nested objects": nested('{"":', "}"),
  };
  return Object.entries(data).map(([kind, text]) => ({
    kind,
    method: "POST",
    path: "/v2/models/identity-INT64/infer",
    headers: {},
    body: written({ inputs: [{ ...input, datatype: "INT64", data: "HERE" }] }, text),
  }));
}

const kindNames = Object.keys(kinds);

/** One request in a hundred is a costly one. */
export function malformedRequest(random: Random): MalformedRequest {
  const isCostly = random.whole(1, 100) === 1;
  const from = isCostly ? costlyKinds : kinds;
  const kind = random.pick(isCostly ? Object.keys(costlyKinds) : kindNames);
  const { method = "POST", path = scale, headers = {}, body } = from[kind]?.(random) ?? {};
  return { kind, method, path, headers, body: body ?? json({ inputs: [input] }) };
}
