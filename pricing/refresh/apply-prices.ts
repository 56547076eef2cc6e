import type { PricedCloud } from "../row-schema.ts";
import type { FoundPrice } from "./price-reader.ts";

export interface RowChange {
  /** Such as `aws nat-gateway us-east-1`. */
  row: string;
  change: "changed" | "confirmed" | "new";
  before: number | "unknown";
  after: number;
  /** Whether it is more than twice, or less than half, of what it was: worth a look. */
  large: boolean;
}

export interface Applied {
  text: string;
  changes: RowChange[];
}

/** The table of services with the prices that were found; rows for regions that had none are added after their kind. */
export function applyServices(
  table: string,
  cloud: PricedCloud,
  found: readonly FoundPrice[],
  today: string,
): Applied {
  const services = found.filter((price) => price.kind === "service");
  return applyRows(table, services, today, "unitPriceUsd", ({ service, region, unit }) => ({
    key: { cloud, service, region },
    kind: ["cloud", "service"],
    more: { unit },
  }));
}

/** The table of reservations, likewise. */
export function applyReservations(
  table: string,
  cloud: PricedCloud,
  found: readonly FoundPrice[],
  today: string,
): Applied {
  const reservations = found.filter((price) => price.kind === "reservation");
  return applyRows(table, reservations, today, "usdPerMonth", ({ machineType, region, term }) => ({
    key: { cloud, machineType, region, term },
    kind: ["cloud", "machineType"],
    more: {},
  }));
}

interface RowOf {
  /** Columns that tell the row. */
  key: Record<string, string>;
  /** Those of them that rows beside it share. */
  kind: readonly string[];
  /** Columns that must be the same: a row in another unit is of another offer, and stays as it is. */
  more: Record<string, string>;
}

function applyRows<Price extends FoundPrice>(
  table: string,
  found: readonly Price[],
  today: string,
  column: string,
  rowOf: (price: Price) => RowOf,
): Applied {
  const lines = parse(table);
  const changes: RowChange[] = [];
  for (const price of found) {
    const { key, kind, more } = rowOf(price);
    const alike = (row: Row, values: Record<string, string>) =>
      Object.entries(values).every(([name, value]) => row.get(name) === value);
    const there = lines.rows.find((each) => alike(each, key));
    if (there !== undefined && !alike(there, more)) continue;
    const row = there ?? addRow(lines, new Map(Object.entries({ ...key, ...more })), kind);
    changes.push(put(row, column, price.usd, Object.values(key).join(" "), there === undefined));
    row.set("source", price.source).set("commit", "").set("retrieved", today).set("doubtful", "");
  }
  return { text: print(lines), changes };
}

/** The table of a cloud's machines with the prices that were found; no machine is added. */
export function applyMachines(table: string, found: readonly FoundPrice[], today: string): Applied {
  const lines = parse(table);
  const changes: RowChange[] = [];
  for (const price of found) {
    if (price.kind === "service" || price.kind === "reservation") continue;
    const row = lines.rows.find((each) => isOf(each, price));
    if (row === undefined) continue;
    const column = price.purchase === "spot" ? "spotUsdPerHour" : "onDemandUsdPerHour";
    const what =
      price.kind === "machine" ? price.machineType : `${price.acceleratorCount} × ${price.accelerator}`;
    changes.push(
      put(row, column, price.usd, `${row.get("cloud")} ${what} ${price.region} ${price.purchase}`, false),
    );
    const sources = (row.get("source") ?? "").split("; ");
    // The price's source first, then that of the rest; commits are of the latter alone.
    if (!sources.includes(price.source)) row.set("source", [price.source, ...sources].join("; "));
    row.set("retrieved", today).set("doubtful", withoutDoubt(row.get("doubtful") ?? "", price.purchase));
  }
  return { text: print(lines), changes };
}

function isOf(row: Row, price: Extract<FoundPrice, { purchase: unknown }>): boolean {
  if (row.get("region") !== price.region) return false;
  if (price.kind === "accelerator")
    return (
      row.get("machineType") === "" &&
      row.get("accelerator") === price.accelerator &&
      row.get("acceleratorCount") === String(price.acceleratorCount)
    );
  // A whole price cannot stand where the accelerators have rows of their own, nor a part where it is whole.
  const whole = row.get("cloud") === "gcp" && row.get("priceIncludesAccelerators") === "yes";
  return row.get("machineType") === price.machineType && !whole;
}

function withoutDoubt(doubtful: string, purchase: string): string {
  return doubtful
    .split("; ")
    .filter((reason) => !reason.startsWith(`${purchase}: `))
    .join("; ");
}

function put(row: Row, column: string, usd: number, name: string, isNew: boolean): RowChange {
  const text = row.get(column) ?? "";
  const before = text === "" ? "unknown" : Number(text);
  const same = before !== "unknown" && Math.abs(before - usd) < 1e-9;
  if (!same) row.set(column, String(usd));
  const large = before !== "unknown" && before > 0 && (usd > 2 * before || usd < before / 2);
  return { row: name, change: isNew ? "new" : same ? "confirmed" : "changed", before, after: usd, large };
}

type Row = Map<string, string>;
interface Table {
  /** Comments and the header as they are, rows as their fields, in the order of the file. */
  lines: (string | Row)[];
  columns: string[];
  rows: Row[];
}

function parse(text: string): Table {
  const table: Table = { lines: [], columns: [], rows: [] };
  for (const line of text.trimEnd().split("\n")) {
    if (line.startsWith("#") || table.columns.length === 0) {
      if (!line.startsWith("#")) table.columns = line.split(",");
      table.lines.push(line);
      continue;
    }
    const fields = line.split(",");
    const row = new Map(table.columns.map((column, index) => [column, fields[index] ?? ""]));
    table.lines.push(row);
    table.rows.push(row);
  }
  return table;
}

/** Before the row of every other region, which comes last of its kind. */
function addRow(table: Table, row: Row, kind: readonly string[]): Row {
  const alike = table.lines.findLastIndex(
    (line) => typeof line !== "string" && kind.every((column) => line.get(column) === row.get(column)),
  );
  const last = table.lines[alike];
  const beforeLast = last !== undefined && typeof last !== "string" && last.get("region") === "*";
  table.lines.splice(alike < 0 ? table.lines.length : alike + (beforeLast ? 0 : 1), 0, row);
  table.rows.push(row);
  return row;
}

function print({ lines, columns }: Table): string {
  const texts = lines.map((line) =>
    // A comma would be taken for the next field.
    typeof line === "string"
      ? line
      : columns.map((column) => (line.get(column) ?? "").replaceAll(",", " ")).join(","),
  );
  return `${texts.join("\n")}\n`;
}
