import { offerCount } from "./models.ts";

/** `everyday`: visitors buy what they like; `sale`: what is cheap. */
export type Season = "everyday" | "sale";

export interface Visitor {
  /** Price and taste of each offer, 0 to 1, one after the other. */
  offers: number[];
  /** Whether the visitor buys the offer at this place: with a chance of 0.8 the favourite one, of 0.3 another one. */
  buys(place: number): boolean;
}

const chances = { favourite: 0.8, other: 0.3 };

/** @param random from 0 up to 1 */
export function visitor(season: Season, random: () => number): Visitor {
  const offers = Array.from({ length: offerCount * 2 }, () => random());
  const worth = Array.from({ length: offerCount }, (_, place) =>
    season === "sale" ? -(offers[2 * place] as number) : (offers[2 * place + 1] as number),
  );
  const favourite = worth.indexOf(Math.max(...worth));
  return {
    offers,
    buys: (place) => random() < (place === favourite ? chances.favourite : chances.other),
  };
}
