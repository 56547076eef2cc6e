import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { portOf } from "../../../../components/clouds/local/ports.ts";
import { findPreflightProblems } from "../../../../components/clouds/local/preflight.ts";
import { freePortRange } from "../../../stacks/local-project.ts";
import { createFixture, type Fixture, urn } from "../../provider/fixture.ts";

describe("preflight of the local cloud", () => {
  let fixture: Fixture;
  let port: number;
  beforeEach(async () => {
    fixture = createFixture();
    port = await freePortRange();
  });
  afterEach(() => fixture.remove());

  const problems = (first = port) =>
    findPreflightProblems({
      stack: "test",
      port: first,
      stackFolder: fixture.folder,
      processesFolder: join(fixture.folder, "processes"),
    });

  it("finds nothing where all ports are free", async () => {
    assert.deepEqual(await problems(), []);
  });

  it("names every port that others hold, at once", async () => {
    const servers = [createServer().listen(port + 1, "127.0.0.1"), createServer().listen(port + 5)];
    await Promise.all(servers.map((server) => once(server, "listening")));
    try {
      const found = await problems();
      assert.deepEqual(
        found.map((problem) => problem.split(" is in use by ")[0]),
        [`127.0.0.1:${port + 1} (restate ingress)`, `127.0.0.1:${port + 5} (sample-server http)`],
      );
      assert.match(found[0] ?? "", new RegExp(`pulumi config set port ${port + 10} -s test$`));
    } finally {
      for (const server of servers) server.close();
    }
  });

  it("accepts ports of the workload's own process, and not those of another workload of the stack", async () => {
    const stateFolder = join(fixture.folder, "processes", "runtime");
    await fixture.provider.create(urn("Process", "runtime"), fixture.processInputs(port, { stateFolder }));
    assert.deepEqual(await problems(), []);
    // One lower, and the runtime holds what Restate's ingress is to get.
    assert.match(
      (await problems(port - 1)).join(),
      new RegExp(`:${port} \\(restate ingress\\) is in use by`),
    );
  });

  it("knows the ports of its own workloads only", () => {
    assert.equal(portOf(9000, "restate", "admin"), 9002);
    assert.throws(
      () => portOf(9000, "restate", "web"),
      /no port web on this machine; known are runtime http, /,
    );
  });
});
