import { describeContainerContract } from "../../contracts/containers.ts";
import { required } from "../required.ts";
import { ContainerNamespace, capabilities } from "./kubernetes-fixture.ts";

const namespace = new ContainerNamespace();
before(() => namespace.make());
after(() => namespace.remove());

describeContainerContract({
  name: "kubernetes",
  capabilities,
  createFixture: () => namespace.fixture(required("TEST_SHELL_IMAGE")),
});
