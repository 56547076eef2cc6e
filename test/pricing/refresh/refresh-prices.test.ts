import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Refreshed, refreshPrices } from "../../../pricing/refresh/refresh-prices.ts";
import type { PricedCloud } from "../../../pricing/row-schema.ts";
import { type PriceServer, startPriceServer } from "./price-server.ts";

const data = fileURLToPath(new URL("../../../pricing/data", import.meta.url));
const today = "2027-01-02";

describe("refreshPrices", () => {
  let folder: string;
  let server: PriceServer;
  let lines: string[];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "prices-"));
    cpSync(data, folder, { recursive: true });
    server = await startPriceServer();
    lines = [];
  });
  afterEach(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });

  async function refresh(cloud: PricedCloud, region: string, more: object = {}): Promise<Refreshed> {
    const progress = (line: string) => lines.push(line);
    return await refreshPrices({
      cloud,
      folder,
      today,
      base: server.base,
      regions: [region],
      progress,
      ...more,
    });
  }

  /** The row of a table as its columns, found by some of them. */
  function row(table: string, wanted: Record<string, string>): Record<string, string> {
    const [header = "", ...rows] = readFileSync(join(folder, table), "utf8")
      .split("\n")
      .filter((line) => line && !line.startsWith("#"));
    const columns = header.split(",");
    const all = rows.map((line) =>
      Object.fromEntries(line.split(",").map((field, index) => [columns[index] ?? "", field])),
    );
    const found = all.filter((each) =>
      Object.entries(wanted).every(([column, value]) => each[column] === value),
    );
    assert.equal(found.length, 1, JSON.stringify(wanted));
    return found[0] as Record<string, string>;
  }

  const changed = ({ changes }: Refreshed) =>
    Object.fromEntries(
      changes.map(({ row: name, change, before, after }) => [name, [change, before, after]]),
    );

  it("reads the offer files of aws: machines of plain Linux, services by their usage type", async () => {
    const refreshed = await refresh("aws", "us-east-1");
    assert.deepEqual(changed(refreshed), {
      "aws m6i.xlarge us-east-1 on-demand": ["changed", 0.192, 0.201],
      "aws g6.xlarge us-east-1 on-demand": ["confirmed", 0.8048, 0.8048],
      "aws m6i.xlarge us-east-1 1 year": ["new", "unknown", 92.71],
      "aws m6i.xlarge us-east-1 3 years": ["new", "unknown", 63.51],
      "aws nat-gateway us-east-1": ["changed", 0.045, 0.046],
      "aws node-disk us-east-1": ["confirmed", 0.08, 0.08],
      "aws queue-requests us-east-1": ["confirmed", 0.4, 0.4],
    });
    const machine = row("aws.csv", { machineType: "m6i.xlarge", region: "us-east-1" });
    assert.equal(machine.onDemandUsdPerHour, "0.201");
    assert.notEqual(machine.spotUsdPerHour, "0.201");
    assert.equal(machine.retrieved, today);
    assert.match(
      machine.source ?? "",
      /^https:\/\/pricing\.us-east-1\.amazonaws\.com\/offers\/.*AmazonEC2.*; skypilot/,
    );
    const nat = row("services.csv", { cloud: "aws", service: "nat-gateway", region: "us-east-1" });
    assert.deepEqual([nat.unitPriceUsd, nat.commit, nat.retrieved, nat.doubtful], ["0.046", "", today, ""]);
    assert.ok(lines.includes("aws us-east-1: AmazonEC2"));
  });

  it("reads the retail prices of azure page by page, spot apart, the first step that costs something", async () => {
    const refreshed = await refresh("azure", "eastus");
    assert.deepEqual(changed(refreshed), {
      "azure Standard_D4as_v5 eastus on-demand": ["changed", 0.172, 0.18],
      "azure Standard_D4as_v5 eastus spot": ["changed", Number(rawSpot()), 0.03],
      "azure Standard_D4as_v5 eastus 1 year": ["new", "unknown", 74],
      "azure Standard_D4as_v5 eastus 3 years": ["new", "unknown", 48],
      "azure bucket-storage eastus": ["confirmed", 0.0208, 0.0208],
      "azure disk-p15 eastus": ["new", "unknown", 38.02],
      "azure log-ingestion eastus": ["confirmed", 2.3, 2.3],
      "azure nat-gateway *": ["changed", 0.045, 0.05],
    });
    const added = row("services.csv", { cloud: "azure", service: "disk-p15", region: "eastus" });
    assert.match(added.source ?? "", /^https:\/\/prices\.azure\.com\/api\/retail\/prices\?.*eastus/);
    assert.ok(server.asked.some((address) => address.includes("$skip=1000")));
    const text = readFileSync(join(folder, "services.csv"), "utf8");
    assert.ok(text.indexOf("azure,disk-p15,eastus") < text.indexOf("azure,disk-p15,*"));
  });

  /** Of the table before the refresh. */
  function rawSpot(): string {
    const line = readFileSync(join(data, "azure.csv"), "utf8")
      .split("\n")
      .find((each) => each.startsWith("azure,Standard_D4as_v5,") && each.includes(",eastus,"));
    return line?.split(",")[10] ?? "";
  }

  it("reads the catalogue of gcp: a machine is its cores and its memory, accelerators are apart", async () => {
    const refreshed = await refresh("gcp", "us-central1", { apiKey: "a-key" });
    const changes = changed(refreshed);
    // 4 cores at 0.022 and 16 GiB at 0.003; spot at 0.006 and 0.001.
    assert.equal(changes["gcp e2-standard-4 us-central1 on-demand"]?.[2], 0.136);
    assert.equal(changes["gcp e2-standard-4 us-central1 spot"]?.[2], 0.04);
    assert.equal(changes["gcp 2 × t4 us-central1 on-demand"]?.[2], 0.7);
    assert.equal(changes["gcp node-disk us-central1"]?.[0], "confirmed");
    assert.equal(changes["gcp bucket-storage us-central1"]?.[0], "confirmed");
    assert.ok(server.asked.some((address) => address.includes("pageToken=1")));
    for (const { source } of [
      row("services.csv", { cloud: "gcp", service: "node-disk", region: "us-central1" }),
    ])
      assert.ok(!source?.includes("a-key"));
  });

  it("leaves tables whose lines all have the fields of their header", async () => {
    await refresh("aws", "us-east-1");
    await refresh("azure", "eastus");
    for (const name of ["aws.csv", "azure.csv", "services.csv", "reservations.csv"]) {
      const lines = readFileSync(join(folder, name), "utf8").trimEnd().split("\n");
      const [header = "", ...rows] = lines.filter((line) => !line.startsWith("#"));
      for (const line of rows) assert.equal(line.split(",").length, header.split(",").length, line);
    }
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.endsWith(".next")),
      [],
    );
  });

  it("tells on the command line what it reads and what changed in which row", async () => {
    const main = fileURLToPath(new URL("../../../pricing/refresh/main.ts", import.meta.url));
    const run = (...args: string[]) =>
      promisify(execFile)(process.execPath, ["--no-warnings", main, "--folder", folder, ...args]);
    const { stdout, stderr } = await run("--cloud", "azure", "--region", "eastus", "--base", server.base);
    assert.match(stdout, /^azure Standard_D4as_v5 eastus on-demand: 0\.172 → 0\.18$/m);
    assert.match(stdout, /^azure disk-p15 eastus: new, 38\.02$/m);
    assert.match(stdout, /^azure: \d+ changed, \d+ new, \d+ confirmed$/m);
    assert.match(stderr, /azure eastus: serviceName eq 'Storage'/);
    await assert.rejects(
      run("--cloud", "azure", "--region", "eastus", "--base", "http://127.0.0.1:1"),
      (error) => {
        const { code, stderr: said } = error as unknown as { code: number; stderr: string };
        assert.equal(code, 2);
        assert.match(said, /127\.0\.0\.1:1.*its tables are as they were/);
        return true;
      },
    );
    await assert.rejects(run("--region", "eastus"), /belong to one cloud/);
  }).timeout(30_000);

  it("marks a change of more than twice", async () => {
    const { changes } = await refresh("azure", "eastus");
    assert.deepEqual(
      changes.filter(({ large }) => large).map(({ row: name }) => name),
      [],
    );
    const gcp = await refresh("gcp", "us-central1", { apiKey: "a-key" });
    assert.ok(
      gcp.changes.every(
        ({ large, before, after }) =>
          large === (before !== "unknown" && (after > 2 * before || after < before / 2)),
      ),
    );
  });

  it("says why gcp was not read without a key", async () => {
    const { skipped, changes } = await refresh("gcp", "us-central1");
    assert.match(skipped ?? "", /GOOGLE_API_KEY/);
    assert.deepEqual([changes, server.asked], [[], []]);
  });

  it("leaves the tables as they are on a dry run, and when an answer is broken or missing", async () => {
    const before = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]);
    const unchanged = () =>
      assert.deepEqual(
        readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]),
        before,
      );
    assert.ok((await refresh("aws", "us-east-1", { dryRun: true })).changes.length > 0);
    unchanged();
    for (const [answer, message] of [
      [{ status: 200, body: '{"Items": [{"armRegionName": 1}]}' }, /armRegionName/],
      [{ status: 200, body: '{"Items": [' }, /JSON/],
      [{ status: 404, body: "" }, /answers 404/],
    ] as const) {
      const broken = await startPriceServer((_, response) => {
        response.writeHead(answer.status).end(answer.body);
        return true;
      });
      await assert.rejects(refresh("azure", "eastus", { base: broken.base }), message);
      await broken.close();
      unchanged();
    }
    const cut = await startPriceServer((_, response) => {
      response.writeHead(200).end('{"products": {"A": {"sku": "A"');
      return true;
    });
    await assert.rejects(refresh("aws", "us-east-1", { base: cut.base }), /ends in the middle/);
    await cut.close();
    unchanged();
  });

  it("asks again when the interface is busy, and gives no key away in a message", async () => {
    let refusals = 1;
    const busy = await startPriceServer((_, response) => {
      refusals -= 1;
      if (refusals < 0) return false;
      response.writeHead(503).end();
      return true;
    });
    assert.ok((await refresh("azure", "eastus", { base: busy.base })).changes.length > 0);
    await busy.close();
    const closed = await startPriceServer((_, response) => {
      response.writeHead(403).end();
      return true;
    });
    await assert.rejects(
      refresh("gcp", "us-central1", { base: closed.base, apiKey: "a-key" }),
      (error: Error) => {
        assert.match(error.message, /key=….*answers 403/);
        assert.ok(!error.message.includes("a-key"));
        return true;
      },
    );
    await closed.close();
  });
});
