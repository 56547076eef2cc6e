import { durationText } from "./duration-text.ts";

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;
/** Distances between marks that people read easily, seconds. */
const distances = [
  ...[0.001, 0.01, 0.1, 0.5, 1, 2, 5, 10, 15, 30],
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * minute),
  ...[1, 2, 3, 6, 12].map((hours) => hours * hour),
  ...[1, 2, 7, 14, 30, 90, 365].map((days) => days * day),
];

/** Marks from 0 to the end, at most `most` and one. */
export function timeMarks(end: number, most: number): { at: number; label: string }[] {
  const distance = distances.find((each) => end / each <= most) ?? Math.ceil(end / most / day) * day;
  const count = Math.floor(end / distance + 1e-9);
  return Array.from({ length: count + 1 }, (_, index) => {
    const at = Number((index * distance).toFixed(3));
    return { at, label: at === 0 ? "0" : durationText(at) };
  });
}
