import { z } from "zod";
import { readTable } from "./csv.ts";
import {
  type Known,
  optionalText,
  pricedClouds,
  provenance,
  type Source,
  sourceColumns,
} from "./row-schema.ts";

export const terms = ["1 year", "3 years"] as const;
export type Term = (typeof terms)[number];

const reservationSchema = z.strictObject({
  cloud: z.enum(pricedClouds),
  machineType: z.string().min(1),
  region: z.string().min(1),
  term: z.enum(terms),
  usdPerMonth: z.coerce.number().positive(),
  ...sourceColumns,
  doubtful: optionalText,
});

type ReservationRow = z.output<typeof reservationSchema>;
let table: ReservationRow[] | undefined;

/** Every row of the table of reserved machines, checked. */
export function loadReservations(): readonly ReservationRow[] {
  table ??= readTable("reservations.csv", reservationSchema);
  return table;
}

export interface ReservedPrice {
  term: Term;
  /** USD of one machine with its built-in accelerators, for every month of the term, used or not. */
  usdPerMonth: Known<number>;
  doubtful?: string;
  source?: Source;
}

/** What a machine costs when it is committed for each term; unknown where no source gave it. */
export function reservedPrices(cloud: string, machineType: string, region: string): ReservedPrice[] {
  return terms.map((term) => {
    const row = loadReservations().find(
      (each) =>
        each.cloud === cloud &&
        each.machineType === machineType &&
        each.region === region &&
        each.term === term,
    );
    return row
      ? { term, usdPerMonth: row.usdPerMonth, ...provenance(row) }
      : { term, usdPerMonth: "unknown" };
  });
}
