import assert from "node:assert/strict";
import { parseUsage } from "../../../pricing/estimate/usage-file.ts";
import { amounts, expected, itemsOf, resource, UNKNOWN } from "./resources.ts";

const location = "East US";
const cluster = "azure-native:containerservice:ManagedCluster";
const pool = {
  vmSize: "Standard_D4as_v5",
  enableAutoScaling: true,
  minCount: 1,
  count: 2,
  maxCount: 4,
  osDiskSizeGB: 100,
};

/** Of pricing/data: Standard_D4as_v5 0.172 USD an hour, a disk P10 19.71 a month. */
describe("estimate of azure", () => {
  it("prices the pools inside a cluster and beside it alike", () => {
    const inside = itemsOf(
      [resource(cluster, { location, agentPoolProfiles: [{ name: "system", ...pool }] })],
      "eastus",
    );
    assert.deepEqual(amounts(inside["pool system: Standard_D4as_v5, on-demand"]), [125.56, 251.12, 502.24]);
    assert.deepEqual(
      amounts(inside["pool system: 100 GiB premium disk of each node"]),
      [19.71, 39.42, 78.84],
    );
    const beside = itemsOf([resource("azure-native:containerservice:AgentPool", pool)], "eastus");
    assert.deepEqual(amounts(beside["Standard_D4as_v5, on-demand"]), [125.56, 251.12, 502.24]);
  });

  it("counts a pool once that a state has inside the cluster and beside it", () => {
    const profiles = [
      { name: "system", ...pool },
      { name: "general", ...pool },
    ];
    const beside = resource("azure-native:containerservice:AgentPool", { agentPoolName: "general", ...pool });
    const items = itemsOf(
      [resource(cluster, { location, agentPoolProfiles: profiles }, "aks"), beside],
      "eastus",
    );
    const machines = Object.values(items).filter(({ part }) => part === "machines");
    assert.deepEqual(
      machines.map(({ name, what }) => [name, what]),
      [
        ["aks", "pool system: Standard_D4as_v5, on-demand"],
        ["it", "Standard_D4as_v5, on-demand"],
      ],
    );
  });

  it("keeps a pool that does not scale at its count, and takes an ephemeral disk for free", () => {
    const fixed = { vmSize: "Standard_D4as_v5", count: 3, minCount: 1, maxCount: 9, osDiskType: "Ephemeral" };
    const items = itemsOf([resource("azure-native:containerservice:AgentPool", fixed)], "eastus");
    assert.deepEqual(amounts(items["Standard_D4as_v5, on-demand"]), [376.68, 376.68, 376.68]);
    assert.equal(Object.keys(items).length, 1);
  });

  it("tells the tiers of control planes apart, and what goes out through a load balancer", () => {
    const free = itemsOf([resource(cluster, { location })], "eastus");
    assert.equal(expected(free["control plane, tier Free"]), 0);
    assert.equal(expected(free["load balancer for outbound traffic"]), 18.25);
    const paid = {
      location,
      sku: { tier: "Standard" },
      networkProfile: { outboundType: "userAssignedNATGateway" },
    };
    const standard = itemsOf([resource(cluster, paid)], "eastus");
    assert.deepEqual(Object.values(standard).map(expected), [73]);
    const premium = itemsOf([resource(cluster, { location, sku: { tier: "Premium" } })], "eastus");
    assert.equal(expected(premium["control plane, tier Premium"]), "price not found");
  });

  it("names what a cluster may bill where its properties are not known yet", () => {
    const open = { location, securityProfile: UNKNOWN, networkProfile: UNKNOWN };
    const items = itemsOf([resource(cluster, open)], "eastus");
    assert.equal(expected(items["Defender for Containers"]), "not known before the update");
    assert.equal(expected(items["load balancer for outbound traffic"]), "not known before the update");
    const on = { location, securityProfile: { defender: { securityMonitoring: { enabled: true } } } };
    assert.equal(
      expected(itemsOf([resource(cluster, on)], "eastus")["Defender for Containers"]),
      "price not found",
    );
  });

  it("prices disks as the next larger of the sizes that are sold", () => {
    const disk = (diskSizeGB: number, name: string) =>
      resource("azure-native:compute:Disk", { location, diskSizeGB, sku: { name } });
    assert.equal(
      expected(itemsOf([disk(129, "Premium_LRS")], "eastus")["129 GiB disk, Premium_LRS"]),
      "price not found",
    );
    assert.equal(expected(itemsOf([disk(512, "Premium_LRS")], "eastus")["512 GiB disk, Premium_LRS"]), 73.22);
    assert.equal(
      expected(itemsOf([disk(513, "Premium_LRS")], "eastus")["513 GiB disk, Premium_LRS"]),
      135.17,
    );
    assert.equal(expected(itemsOf([disk(8, "Standard_LRS")], "eastus")["8 GiB disk, Standard_LRS"]), 1.54);
    assert.equal(
      expected(itemsOf([disk(8, "UltraSSD_LRS")], "eastus")["8 GiB disk, UltraSSD_LRS"]),
      "price not found",
    );
  });

  it("prices machines and sets of them", () => {
    const storageProfile = {
      osDisk: { diskSizeGB: 128, managedDisk: { storageAccountType: "Premium_LRS" } },
    };
    const machine = { location, hardwareProfile: { vmSize: "Standard_D4as_v5" }, storageProfile };
    const one = itemsOf([resource("azure-native:compute:VirtualMachine", machine)], "eastus");
    assert.deepEqual(Object.values(one).map(expected), [125.56, 19.71]);
    const set = {
      location,
      sku: { name: "Standard_D4as_v5", capacity: 3 },
      virtualMachineProfile: { priority: "Spot", storageProfile },
    };
    const many = itemsOf([resource("azure-native:compute:VirtualMachineScaleSet", set)], "eastus");
    assert.ok(many["Standard_D4as_v5, spot"]);
    assert.equal(expected(many["128 GiB managed disk of each node"]), 59.13);
  });

  it("prices network parts", () => {
    const usage = parseUsage("default: {natGb: 100, egressGb: 10, endpointGb: 10}", "usage.yaml");
    const nat = itemsOf([resource("azure-native:network:NatGateway", { location })], "eastus", { usage });
    assert.deepEqual(Object.values(nat).map(expected), [32.85, 4.5, 0.87]);
    assert.match(nat["traffic to the internet"]?.doubtful ?? "", /about/);
    const address = itemsOf([resource("azure-native:network:PublicIPAddress", { location })], "eastus");
    assert.equal(expected(address["public address"]), 3.65);
    const zone = itemsOf([resource("azure-native:privatedns:PrivateZone", { location: "global" })], "eastus");
    assert.equal(expected(zone["DNS zone"]), 0.5);
    assert.deepEqual(
      itemsOf(
        [resource("azure-native:network:LoadBalancer", { location, sku: { name: "Basic" } })],
        "eastus",
      ),
      {},
    );
  });

  it("tells storage by its redundancy, registries by tier, keys by kind", () => {
    const usage = parseUsage(
      "default: {storedGb: 100, readRequests: 0, writeRequests: 0, egressGb: 0}",
      "usage.yaml",
    );
    const account = (name: string, more: object = {}) =>
      Object.values(
        itemsOf(
          [resource("azure-native:storage:StorageAccount", { location: "westus", sku: { name }, ...more })],
          "westus",
          { usage },
        ),
      )
        .filter(({ what }) => what.startsWith("data"))
        .map(expected);
    assert.deepEqual(account("Standard_LRS"), [2.08]);
    assert.deepEqual(account("Standard_GRS"), [4.58]);
    assert.deepEqual(account("Standard_ZRS"), ["price not found"]);
    assert.deepEqual(account("Standard_LRS", { accessTier: "Cool" }), ["price not found"]);
    assert.deepEqual(account(UNKNOWN), ["not known before the update"]);
    const registry = itemsOf(
      [resource("azure-native:containerregistry:Registry", { location, sku: { name: "Premium" } })],
      "eastus",
    );
    assert.equal(expected(registry["registry, tier premium"]), 50.7);
    const key = (kty: string, keySize: number) =>
      expected(
        Object.values(
          itemsOf([resource("azure-native:keyvault:Key", { properties: { kty, keySize } })], "eastus"),
        )[0],
      );
    assert.equal(key("RSA-HSM", 3072), 5);
    assert.equal(key("RSA-HSM", 2048), 1);
    assert.equal(key("RSA", 2048), 0);
    assert.equal(key(UNKNOWN, 2048), "not known before the update");
  });

  it("prices requests to the secrets of a vault by use", () => {
    const vault = resource("azure-native:keyvault:Vault", { location }, "secrets");
    const requests = (text: string) =>
      expected(itemsOf([vault], "eastus", { usage: parseUsage(text, "usage.yaml") })["requests to secrets"]);
    assert.equal(requests("default: {secretRequests: 1000000}"), 3);
    assert.equal(requests("resources: {secrets: {secretRequests: 0}}"), 0);
    assert.equal(requests("default: {keyRequests: 1000000}"), "depends on use");
    const other = resource("azure-native:keyvault:Vault", { location: "West Europe" });
    const [item] = Object.values(
      itemsOf([other], "eastus", { usage: parseUsage("default: {secretRequests: 1}", "usage.yaml") }),
    );
    assert.equal(expected(item), "price not found");
  });

  it("bills keeping logs only past the days that are free", () => {
    const usage = parseUsage("default: {logGb: 10, keptLogGb: 30}", "usage.yaml");
    const workspace = (retentionInDays?: number) =>
      Object.values(
        itemsOf(
          [resource("azure-native:operationalinsights:Workspace", { location, retentionInDays })],
          "eastus",
          { usage },
        ),
      ).map(expected);
    assert.deepEqual(workspace(30), [23]);
    assert.deepEqual(workspace(90), [23, 3]);
  });

  it("takes a type of an explicit version of the API as the same", () => {
    const items = itemsOf(
      [resource("azure-native:network/v20230901:PublicIPAddress", { location })],
      "eastus",
    );
    assert.equal(expected(items["public address"]), 3.65);
  });
});
