import assert from "node:assert/strict";
import {
  type Dataset,
  generateDataset,
  windowMinutes,
} from "../../../../examples/automatic-operations/data/dataset.ts";
import { faultKinds } from "../../../../examples/automatic-operations/data/faults.ts";
import {
  heldOutTemplates,
  type LogTemplates,
  trainingTemplates,
} from "../../../../examples/automatic-operations/data/log-templates.ts";

const settings = { seed: 3, trainingServers: 12, heldOutServers: 6, windowsPerServer: 10 };
const allTemplates = ({ faults, harmless, everyday }: LogTemplates) => [
  ...Object.values(faults).flat(),
  ...Object.values(harmless).flat(),
  ...everyday,
];
const servers = (windows: Dataset["training"]) => new Set(windows.map(({ server }) => server));

/** A line as its template could have made it: without time, level, server and anything that fills a slot. */
const shape = (text: string) =>
  text
    .slice(text.indexOf(": ") + 2)
    .replace(
      /(?<![\w/])(?:[a-z]+-\d|[a-z]+\.internal|\/[\w/]+|session-store|billing|search|inventory|auth|mail|pricing)(?![\w/])/g,
      "*",
    )
    .replace(/\d+(?:\.\d+)*/g, "*");

describe("generateDataset", () => {
  const dataset = generateDataset(settings);

  it("is the same for the same settings and another one for another seed", () => {
    assert.deepEqual(generateDataset(settings), dataset);
    assert.notDeepEqual(generateDataset({ ...settings, seed: 4 }), dataset);
  });

  it("has the windows that were asked for, half of them healthy, every kind among the others", () => {
    assert.equal(dataset.training.length, 120);
    assert.equal(dataset.heldOut.length, 60);
    assert.equal(dataset.training.filter(({ fault }) => fault === undefined).length, 60);
    for (const kind of faultKinds)
      assert.equal(dataset.training.filter(({ fault }) => fault === kind).length, 12);
  });

  it("has metrics that a server could report", () => {
    for (const { metrics } of [...dataset.training, ...dataset.heldOut]) {
      assert.equal(metrics.length, windowMinutes);
      for (const row of metrics) {
        assert.equal(row.length, 6);
        const [cpu = -1, memory = -1, , errors = -1, disk = -1] = row;
        assert.ok(row.every((value) => Number.isFinite(value) && value >= 0));
        assert.ok([cpu, memory, errors, disk].every((value) => value <= 100));
      }
    }
  });

  it("shares no server, no normal level and no template between training and held-out data", () => {
    const heldOutServers = servers(dataset.heldOut);
    assert.ok([...servers(dataset.training)].every((server) => !heldOutServers.has(server)));
    const firstRows = new Set(dataset.training.map(({ metrics }) => JSON.stringify(metrics[0])));
    assert.ok(dataset.heldOut.every(({ metrics }) => !firstRows.has(JSON.stringify(metrics[0]))));
    const known = new Set(allTemplates(trainingTemplates));
    assert.deepEqual(
      allTemplates(heldOutTemplates).filter((template) => known.has(template)),
      [],
    );
    const shapes = new Set(dataset.training.flatMap(({ logs }) => logs.map(({ text }) => shape(text))));
    assert.deepEqual(
      dataset.heldOut
        .flatMap(({ logs }) => logs.map(({ text }) => shape(text)))
        .filter((line) => shapes.has(line)),
      [],
    );
  });

  it("has lines of other kinds and harmless talk in the logs of each fault", () => {
    const lines = dataset.training.flatMap(({ logs, fault }) =>
      fault ? logs.map((line) => ({ ...line, of: fault })) : [],
    );
    const own = lines.filter((line) => line.fault === line.of).length;
    const foreign = lines.filter((line) => line.fault !== undefined && line.fault !== line.of).length;
    const harmless = lines.filter((line) => line.fault === undefined).length;
    assert.ok(own > foreign && foreign > 0 && harmless > own, JSON.stringify({ own, foreign, harmless }));
  });
});
