import type { ArmStatistics } from "./arm-statistics.ts";
import { bestOf } from "./best-of.ts";

/**
 * LinUCB with disjoint linear models (Li, Chu, Langford and Schapire, "A Contextual-Bandit Approach to Personalized News
 * Article Recommendation", 2010, algorithm 1): the arm with the highest θ·x + exploration · √(x·A⁻¹·x), where A is the
 * identity plus the products of its features, and θ = A⁻¹·b.
 */
export function chooseByLinUcb(arms: ArmStatistics[], features: number[], exploration: number): number {
  const size = features.length;
  return bestOf(arms, ({ products, rewarded }) => {
    if (products === undefined || rewarded === undefined)
      return exploration * Math.sqrt(dot(features, features));
    const matrix = products.map((value, place) => value + (place % (size + 1) === 0 ? 1 : 0));
    // A is symmetric: θ·x = b·(A⁻¹·x).
    const solved = solve(matrix, features);
    return dot(rewarded, solved) + exploration * Math.sqrt(Math.max(0, dot(features, solved)));
  });
}

function dot(first: number[], second: number[]): number {
  return first.reduce((sum, value, index) => sum + value * (second[index] ?? 0), 0);
}

/** Solves matrix · x = right by Cholesky's decomposition; the matrix, row by row, is symmetric and positive definite. */
function solve(matrix: number[], right: number[]): number[] {
  const size = right.length;
  const at = (list: number[], row: number, column: number) => list[row * size + column] ?? 0;
  const lower = new Array<number>(size * size).fill(0);
  for (let row = 0; row < size; row += 1)
    for (let column = 0; column <= row; column += 1) {
      let rest = at(matrix, row, column);
      for (let k = 0; k < column; k += 1) rest -= at(lower, row, k) * at(lower, column, k);
      lower[row * size + column] = row === column ? Math.sqrt(rest) : rest / at(lower, column, column);
    }
  const solution = [...right];
  for (let row = 0; row < size; row += 1) {
    for (let k = 0; k < row; k += 1)
      solution[row] = (solution[row] ?? 0) - at(lower, row, k) * (solution[k] ?? 0);
    solution[row] = (solution[row] ?? 0) / at(lower, row, row);
  }
  for (let row = size - 1; row >= 0; row -= 1) {
    for (let k = row + 1; k < size; k += 1)
      solution[row] = (solution[row] ?? 0) - at(lower, k, row) * (solution[k] ?? 0);
    solution[row] = (solution[row] ?? 0) / at(lower, row, row);
  }
  return solution;
}
