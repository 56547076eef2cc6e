/** A setting that scripts/test-kubernetes.mjs passes on. @throws Error that names it. */
export function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run this suite by npm run test:kubernetes`);
  return value;
}
