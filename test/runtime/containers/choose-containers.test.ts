import assert from "node:assert/strict";
import { chooseContainers, dockerSocket } from "../../../runtime/containers/choose-containers.ts";

describe("choice of what runs containers", () => {
  const choose = (environment: Record<string, string>, files: string[], answers = true) =>
    chooseContainers({ environment, exists: (file) => files.includes(file), answers: async () => answers });

  it("is the cluster in a pod that may talk to it, and nothing in one that may not", async () => {
    const inPod = { KUBERNETES_SERVICE_HOST: "10.0.0.1" };
    const token = "/var/run/secrets/kubernetes.io/serviceaccount/token";
    assert.equal(await choose(inPod, [token, "/var/run/docker.sock"]), "kubernetes");
    assert.equal(await choose(inPod, ["/var/run/docker.sock"]), "none");
  });

  it("is Docker where its socket answers, else processes", async () => {
    assert.equal(await choose({}, ["/var/run/docker.sock"]), "docker");
    assert.equal(await choose({}, ["/var/run/docker.sock"], false), "process");
    assert.equal(await choose({}, []), "process");
    assert.equal(await choose({ DOCKER_HOST: "unix:///tmp/d.sock" }, ["/tmp/d.sock"]), "docker");
    assert.equal(await choose({ DOCKER_HOST: "tcp://10.0.0.1:2375" }, []), "process");
    assert.equal(dockerSocket({ DOCKER_HOST: "" }), "/var/run/docker.sock");
  });
});
