import { readFileSync, writeFileSync } from "node:fs";

const { below } = JSON.parse(readFileSync(process.env.SKYLOOM_INPUTS, "utf8"));
const isComposite = new Uint8Array(below);
let count = 0;
let largest = 0;
for (let number = 2; number < below; number += 1) {
  if (isComposite[number]) continue;
  count += 1;
  largest = number;
  for (let multiple = number * number; multiple < below; multiple += number) isComposite[multiple] = 1;
}
console.log(`${count} primes below ${below}`);
writeFileSync(process.env.SKYLOOM_OUTPUTS, JSON.stringify({ count, largest }));
