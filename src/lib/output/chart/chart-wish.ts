export const CHART_KINDS = ['line', 'bar', 'column'] as const;
export type ChartKind = (typeof CHART_KINDS)[number];

/** What the KQL's `render` asks for. */
export interface RenderHint {
  /** Undefined: it leaves that to the shape of the result. */
  readonly kind: ChartKind | undefined;
  readonly title: string | undefined;
  readonly xColumn: string | undefined;
  readonly yColumns: readonly string[];
  readonly series: readonly string[];
}

/** Kusto's kinds of chart by what of them a terminal can show. */
const KINDS: Readonly<Record<string, ChartKind>> = {
  timechart: 'line',
  linechart: 'line',
  areachart: 'line',
  stackedareachart: 'line',
  scatterchart: 'line',
  anomalychart: 'line',
  barchart: 'bar',
  piechart: 'bar',
  columnchart: 'column',
};

/**
 * The hint of an answer: JSON as Log Analytics sends it, or the kind of chart alone.
 *
 * Contract: Log Analytics query API v1, `Prefer: include-render=true`, member `render`.
 * Known from: documented ("Prefer header options").
 */
export function parseRenderHint(render: string | null): RenderHint {
  const hint = render === null ? {} : members(render);
  const text = (name: string) => {
    const value = hint[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const list = (name: string) => {
    const value = hint[name];
    const names = typeof value === 'string' ? value.split(',') : Array.isArray(value) ? value : [];
    return names.filter((each) => typeof each === 'string').map((each) => each.trim());
  };
  return {
    kind: KINDS[(text('visualization') ?? '').toLowerCase()],
    title: text('title'),
    xColumn: text('xColumn'),
    yColumns: list('yColumns').filter(Boolean),
    series: list('series').filter(Boolean),
  };
}

function members(render: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(render);
    return typeof value === 'object' && value !== null ? { ...value } : { visualization: value };
  } catch {
    return { visualization: render };
  }
}
