/** Figures of a store in the text format of Prometheus, for the textfile collector of its node exporter. Pure. */

/** One time series. */
export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly value: number;
  readonly labels?: { readonly [name: string]: string };
}

const prefix = 'notion_kloset_';

/** The file: metrics of one name stand together, after their help (<https://prometheus.io/docs/instrumenting/exposition_formats/>). */
export function prometheusText(metrics: readonly Metric[]): string {
  const names = [...new Set(metrics.map(({ name }) => name))];
  return names
    .flatMap((name) => {
      const same = metrics.filter((metric) => metric.name === name);
      const help = (same[0]?.help ?? '').replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
      return [`# HELP ${prefix}${name} ${help}`, `# TYPE ${prefix}${name} gauge`, ...same.map(line)];
    })
    .map((text) => `${text}\n`)
    .join('');
}

function line({ name, labels = {}, value }: Metric): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
  return `${prefix}${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${Number.isFinite(value) ? value : 'NaN'}`;
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
