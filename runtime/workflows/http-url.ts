/** Whether the scheme and the host stand in the text as they are, before any `${...}`. */
export function hasFixedHost(url: string): boolean {
  return /^https?:\/\/[^/?#$\s@\\]+(?=[/?#]|$)/.test(url);
}

/** @param query a list gives its name several times, null leaves it out */
export function withQuery(url: string, query: Record<string, string | string[] | null>): string {
  if (!URL.canParse(url)) return url;
  const parsed = new URL(url);
  for (const [name, value] of Object.entries(query))
    for (const each of [value].flat()) if (each !== null) parsed.searchParams.append(name, each);
  return parsed.href;
}
