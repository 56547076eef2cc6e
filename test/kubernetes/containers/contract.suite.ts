import { describeContainerContract } from "../../contracts/containers.ts";
import { pushShellImage } from "../../shell-image.ts";
import { required } from "../required.ts";
import { ContainerNamespace, capabilities } from "./kubernetes-fixture.ts";

describe("containers as Jobs", () => {
  const namespace = new ContainerNamespace();
  let image = "";

  before(async function () {
    this.timeout(600_000);
    image = await pushShellImage(`${required("TEST_REGISTRY")}/skyloom/shell`);
    await namespace.make();
  });

  after(() => namespace.remove());

  describeContainerContract({
    name: "kubernetes",
    capabilities,
    createFixture: () => namespace.fixture(image),
  });
});
