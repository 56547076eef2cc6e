import { readFileSync } from "node:fs";

export type RawRow = Record<string, string>;

/** A table read without the code under test. */
export function rawTable(name: string): RawRow[] {
  const text = readFileSync(new URL(`../../pricing/data/${name}`, import.meta.url), "utf8");
  const [header = "", ...lines] = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  const columns = header.split(",");
  return lines.map((line) => {
    const fields = line.split(",");
    return Object.fromEntries(columns.map((column, index) => [column, fields[index] ?? ""]));
  });
}

/** The raw price of a row, where it is given and not marked. */
export function trusted(row: RawRow | undefined, purchase: "on-demand" | "spot"): number | undefined {
  const text = row?.[purchase === "spot" ? "spotUsdPerHour" : "onDemandUsdPerHour"] ?? "";
  return text === "" || row?.doubtful?.includes(`${purchase}: `) ? undefined : Number(text);
}
