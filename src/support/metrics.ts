/** Counters and gauges for `GET /metrics` (Prometheus). Labels are ids and codes, never words. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export interface Metrics {
  /** Counts `tsunagi_<name>_total`; the same name always comes with the same label names. */
  count(name: string, labels?: Record<string, string>, by?: number): void;
  /** Reads a value at scrape time. */
  gauge(name: string, help: string, read: () => number): void;
  /** Seconds. */
  observe(name: string, labels: Record<string, string>, seconds: number): void;
  text(): Promise<string>;
  readonly contentType: string;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const counters = new Map<string, Counter>();
  const histograms = new Map<string, Histogram>();
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    count(name, labels = {}, by = 1) {
      let counter = counters.get(name);
      if (!counter) {
        counter = new Counter({
          name: `tsunagi_${name}_total`,
          help: name.replaceAll('_', ' '),
          labelNames: Object.keys(labels),
          registers: [registry],
        });
        counters.set(name, counter);
      }
      counter.inc(labels, by);
    },
    gauge(name, help, read) {
      new Gauge({
        name: `tsunagi_${name}`,
        help,
        registers: [registry],
        collect() {
          this.set(read());
        },
      });
    },
    observe(name, labels, seconds) {
      let histogram = histograms.get(name);
      if (!histogram) {
        histogram = new Histogram({
          name: `tsunagi_${name}_seconds`,
          help: name.replaceAll('_', ' '),
          labelNames: Object.keys(labels),
          buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 5],
          registers: [registry],
        });
        histograms.set(name, histogram);
      }
      histogram.observe(labels, seconds);
    },
  };
}
