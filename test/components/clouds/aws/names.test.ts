import assert from "node:assert/strict";
import { awsNames } from "../../../../components/clouds/aws/names.ts";

const account = "123456789012";

describe("names of an aws stack", () => {
  it("say which stack they belong to", () => {
    const names = awsNames(account, "eu-west-1", "dev-aws");
    assert.equal(names.cluster, "skyloom-dev-aws");
    assert.equal(names.bucket, "skyloom-dev-aws-123456789012-eu-west-1");
    assert.equal(names.queue, "skyloom-dev-aws-queue");
    assert.equal(names.deadLetter, "skyloom-dev-aws-dead-letter");
    assert.equal(names.role("nodes"), "skyloom-dev-aws-eu-west-1-nodes");
    assert.equal(names.clusterLogs, "/aws/eks/skyloom-dev-aws/cluster");
    assert.equal(names.keyAlias("data"), "alias/skyloom-dev-aws-data");
  });

  it("keep within the rules, whatever the stack is called", () => {
    for (const stack of ["A", "Feature_42.x", "x".repeat(100), "-", "dev--"]) {
      const names = awsNames(account, "ap-northeast-1", stack);
      for (const bucket of [names.bucket, names.logBucket])
        assert.match(bucket, /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/);
      assert.match(names.cluster, /^[a-z0-9][a-z0-9-]{0,62}$/);
      assert.match(names.queue, /^[\w-]{1,80}$/);
      assert.match(names.deadLetter, /^[\w-]{1,80}$/);
      assert.match(names.role("identity-runtime"), /^[\w-]{1,64}$/);
    }
  });

  it("keep stacks apart whose names differ in what AWS does not allow", () => {
    const [one, other] = ["dev_1", "dev.1"].map((stack) => awsNames(account, "eu-west-1", stack));
    assert.notEqual(one?.bucket, other?.bucket);
    assert.notEqual(one?.cluster, other?.cluster);
  });

  it("keep long purposes apart when they are cut", () => {
    const names = awsNames(account, "eu-west-1", "s".repeat(60));
    assert.notEqual(names.role("cluster"), names.role("nodes"));
    assert.notEqual(names.bucket, names.logBucket);
  });
});
