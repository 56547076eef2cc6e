import { Image } from "@pulumi/docker-build/image.js";
import { declareAws } from "./aws.ts";
import { declareAzure } from "./azure.ts";
import { declareGcp } from "./gcp.ts";
import { declareKubernetes } from "./kubernetes.ts";
import { wants } from "./variant.ts";

export const aws = wants("aws") ? declareAws() : undefined;
export const azure = wants("azure") ? declareAzure() : undefined;
export const gcp = wants("gcp") ? declareGcp() : undefined;
export const kubernetes = azure && wants("kubernetes") ? declareKubernetes(azure.kubeconfig) : undefined;
export const image =
  azure && wants("image")
    ? new Image("runtime", {
        push: true,
        tags: [azure.loginServer.apply((server) => `${server}/runtime:1`)],
        context: { location: "." },
      }).ref
    : undefined;
