import { createHash } from "node:crypto";

const MANIFESTS = [
  "application/vnd.docker.distribution.manifest.v2+json",
  "application/vnd.oci.image.manifest.v1+json",
];

/**
 * The same image with another label, and so with another digest: what a rollout of new code is to a cluster.
 * @param image `registry/repository@sha256:…` of a registry without TLS and login (distribution's HTTP API, version 2)
 */
export async function relabelledImage(image: string, label: string): Promise<string> {
  const [, registry = "", repository = "", digest = ""] = /^([^/]+)\/([^@]+)@(.*)$/.exec(image) ?? [];
  const base = `http://${registry}/v2/${repository}`;
  const manifest = await json(`${base}/manifests/${digest}`, { headers: { accept: MANIFESTS.join(", ") } });
  const configuration = await json(`${base}/blobs/${manifest.config.digest}`);
  configuration.config.Labels = { ...configuration.config.Labels, "dev.skyloom.test": label };
  const config = Buffer.from(JSON.stringify(configuration));
  const { headers } = await asked(`${base}/blobs/uploads/`, { method: "POST" });
  const place = new URL(headers.get("location") ?? "", base);
  place.searchParams.set("digest", digestOf(config));
  await asked(place.href, {
    method: "PUT",
    headers: { "content-type": "application/octet-stream" },
    body: config,
  });
  const changed = JSON.stringify({
    ...manifest,
    config: { ...manifest.config, size: config.length, digest: digestOf(config) },
  });
  await asked(`${base}/manifests/${digestOf(changed)}`, {
    method: "PUT",
    headers: { "content-type": manifest.mediaType },
    body: changed,
  });
  return `${registry}/${repository}@${digestOf(changed)}`;
}

async function asked(url: string, options: RequestInit = {}): Promise<Response> {
  const response = await fetch(url, options);
  if (!response.ok) throw new Error(`${options.method ?? "GET"} ${url} answered ${response.status}`);
  return response;
}

// biome-ignore lint/suspicious/noExplicitAny: manifests and configurations of images
async function json(url: string, options?: RequestInit): Promise<any> {
  return await (await asked(url, options)).json();
}

const digestOf = (content: string | Buffer) => `sha256:${createHash("sha256").update(content).digest("hex")}`;
