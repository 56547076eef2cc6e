import type { Router } from "express";
import { type Operation, operationOf } from "./operation.ts";

export interface DescribedRoute {
  method: string;
  /** As OpenAPI writes it: `/v1/runs/{id}:cancel`. */
  path: string;
  /** Names of the parts of the path. */
  parameters: string[];
  /** Undefined: nobody said what it takes and answers. */
  operation: Operation | undefined;
}

/** The slice of Express's router that tells its routes. */
interface Layer {
  route?: {
    path: string | string[];
    methods: Record<string, boolean>;
    stack: { method?: string; handle: object }[];
  };
}

/** Every route of the routers; those for any method (405, 501) are none. */
export function routesOf(routers: Router[]): DescribedRoute[] {
  return routers.flatMap((router) =>
    (router.stack as unknown as Layer[]).flatMap(({ route }) => {
      if (route === undefined) return [];
      return [route.path].flat().flatMap((path) =>
        Object.keys(route.methods)
          .filter((method) => method !== "_all")
          .map((method) => ({
            method,
            ...openApiPath(path),
            operation: route.stack
              .filter((layer) => layer.method === method)
              .flatMap(({ handle }) => operationOf(handle) ?? [])[0],
          })),
      );
    }),
  );
}

/** Express escapes the colon of an action: `/v1/runs/:id\:cancel`. */
function openApiPath(path: string): { path: string; parameters: string[] } {
  const parameters: string[] = [];
  const text = path.replace(/\\:|:([A-Za-z]+)/g, (_whole, name: string | undefined) => {
    if (name === undefined) return ":";
    parameters.push(name);
    return `{${name}}`;
  });
  return { path: text, parameters };
}
