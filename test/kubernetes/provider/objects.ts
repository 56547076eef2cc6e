import type { Declared } from "./program/declared.ts";

/** Objects as the tests declare them; `image` runs and does nothing. */
export function deployment(name: string, image: string, pod: object = {}, spec: object = {}): Declared {
  const labels = { app: name };
  return {
    resourceName: name,
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      ...spec,
      template: { metadata: { labels }, spec: { ...podSpec(image), ...pod } },
    },
  };
}

export function podSpec(image: string, container: object = {}): object {
  return {
    terminationGracePeriodSeconds: 1,
    containers: [{ name: "main", image, imagePullPolicy: "IfNotPresent", ...container }],
  };
}

export function configMap(resourceName: string, data: object, more: object = {}): Declared {
  return { resourceName, apiVersion: "v1", kind: "ConfigMap", data, ...more };
}

export function service(resourceName: string, app: string): Declared {
  return {
    resourceName,
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: resourceName },
    spec: { selector: { app }, ports: [{ port: 80 }] },
  };
}
