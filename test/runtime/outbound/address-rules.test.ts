import assert from "node:assert/strict";
import { allowedEntryProblem, createAddressRules } from "../../../runtime/outbound/address-rules.ts";

describe("address rules", () => {
  const closed = createAddressRules();
  const allows = (address: string, rules = closed) => rules.isAllowed("somewhere.example", address);

  it("allow public addresses", () => {
    for (const address of [
      "93.184.216.34",
      "2606:2800:220:1::1",
      "::ffff:93.184.216.34",
      "64:ff9b::5db8:d822",
    ])
      assert.equal(allows(address), true, address);
  });

  it("refuse every special address, however it is written", () => {
    for (const address of [
      "0.0.0.0",
      "10.0.0.1",
      "100.100.100.200",
      "127.0.0.1",
      "168.63.129.16",
      "169.254.169.254",
      "172.16.0.1",
      "192.168.1.1",
      "192.0.0.192",
      "198.18.0.1",
      "224.0.0.1",
      "255.255.255.255",
      "::",
      "::1",
      "fe80::1%eth0",
      "fc00::1",
      "fd00:ec2::254",
      "fec0::1",
      "ff02::1",
      "2001:db8::1",
      "2002:7f00:1::",
      "::ffff:127.0.0.1",
      "::ffff:0:127.0.0.1",
      "::127.0.0.1",
      "64:ff9b::7f00:1",
      "no address",
    ])
      assert.equal(allows(address), false, address);
  });

  it("allow networks, single addresses and hosts that are named", () => {
    const rules = createAddressRules(["10.1.0.0/16", "127.0.0.1", "fd00:1::/32", "Build.Internal"]);
    assert.deepEqual(
      ["10.1.2.3", "10.2.2.3", "127.0.0.1", "127.0.0.2", "fd00:1::5", "fd00:2::5"].map((each) =>
        allows(each, rules),
      ),
      [true, false, true, false, true, false],
    );
    assert.equal(rules.isAllowed("build.internal", "192.168.7.7"), true);
    assert.equal(rules.isAllowed("build.internal.", "192.168.7.7"), true);
    assert.equal(rules.isAllowed("evil.build.internal", "192.168.7.7"), false);
  });

  it("name what is no entry", () => {
    for (const entry of ["10.0.0.0/8", "::1", "fd00::/8", "host", "host.example"])
      assert.equal(allowedEntryProblem(entry), undefined, entry);
    for (const entry of ["10.0.0.0/33", "10.0.0/8", "fd00::/129", "1.2.3", "http://host", "ho st", ""])
      assert.match(allowedEntryProblem(entry) ?? "", /must be an address, a network/, entry);
  });
});
