/** Appends a property name to a path in the engine's notation: `a.b`, `tags["x.y/z"]`. */
export function child(path: string, name: string): string {
  if (!/^[A-Za-z_$][\w$-]*$/.test(name)) return `${path}[${JSON.stringify(name)}]`;
  return path === "" ? name : `${path}.${name}`;
}

/** Appends an index to a path: `subnetIds[0]`. */
export function element(path: string, index: number): string {
  return `${path}[${index}]`;
}

/** Whether a path such as `nodeConfig.taints[0].key` lies at or below a pattern such as `nodeConfig.taints`. */
export function isWithin(path: string, pattern: string): boolean {
  const general = path.replace(/\[\d+\]/g, "[*]");
  const rest = general.slice(pattern.length);
  return general.startsWith(pattern) && (rest === "" || rest.startsWith(".") || rest.startsWith("["));
}
