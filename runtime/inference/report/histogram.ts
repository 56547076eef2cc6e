/** A histogram of Prometheus. */
export interface HistogramFigures {
  count: number;
  sum: number;
  /** How many observations were at most the bound, ascending; the last bound is infinite. */
  buckets: { bound: number; count: number }[];
}

export interface HistogramValue {
  labels: Partial<Record<string, string | number>>;
  value: number;
  metricName?: string | undefined;
}

/** Of prom-client's values of one series. */
export function histogramOf(values: HistogramValue[]): HistogramFigures {
  const figures: HistogramFigures = { count: 0, sum: 0, buckets: [] };
  for (const { labels, value, metricName = "" } of values)
    if (metricName.endsWith("_sum")) figures.sum = value;
    else if (metricName.endsWith("_count")) figures.count = value;
    else
      figures.buckets.push({
        bound: labels.le === "+Inf" ? Number.POSITIVE_INFINITY : Number(labels.le),
        count: value,
      });
  figures.buckets.sort((a, b) => a.bound - b.bound);
  return figures;
}

/**
 * As Prometheus' histogram_quantile: within a bucket observations count as spread evenly, and what lies beyond the
 * last finite bound counts as that bound. Undefined where nothing was observed.
 */
export function quantile({ count, buckets }: HistogramFigures, share: number): number | undefined {
  if (count === 0) return undefined;
  const rank = share * count;
  let below = { bound: 0, count: 0 };
  for (const bucket of buckets) {
    if (bucket.count >= rank && bucket.count > below.count) {
      if (!Number.isFinite(bucket.bound)) return below.bound;
      const place = (rank - below.count) / (bucket.count - below.count);
      return below.bound + (bucket.bound - below.bound) * place;
    }
    below = bucket;
  }
  return below.bound;
}
