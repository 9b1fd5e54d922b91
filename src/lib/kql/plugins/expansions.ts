import { type Expansion, projectAs } from './expand.js';

/** Dimensions under names of their own, which no column of a query has. */
function dimensions(expressions: readonly string[]) {
  const names = expressions.map((_, index) => `kql_dimension${index}`);
  return {
    names,
    /** For `by`, behind other keys. */
    declared: expressions.map((expression, index) => `, ${names[index]} = ${expression}`).join(''),
    listed: names.map((name) => `, ${name}`).join(''),
    /** For `sort by`, before other keys. */
    sorted: names.map((name) => `${name} asc, `).join(''),
    /** Whether the row before has others; false without dimensions. */
    changed: names.map((name) => `prev(${name}) != ${name}`).join(' or ') || 'false',
  };
}

/** Each row counts in its own bin and in the bins behind it that look back that far. */
const rollingPercentile: Expansion = ({ args, columns }) => {
  const [value, rank, index, size, count, ...others] = args;
  const { names, declared } = dimensions(others);
  return [
    `mv-expand kql_step = range(0, (${count}) - 1, 1) to typeof(long)`,
    `summarize kql_own = countif(kql_step == 0), kql_value = percentile(${value}, ${rank})
      by kql_at = bin(${index}, ${size}) + kql_step * (${size})${declared}`,
    'sort by kql_at desc',
    'where row_cumsum(kql_own) > 0', // none behind the last row
    'sort by kql_at asc',
    projectAs(columns, ['kql_at', ...names, 'kql_value']),
  ];
};

/** Counts of the hits from here on and up to here, less those that are too far away. */
const rowsNear: Expansion = ({ args }) => {
  const [condition, before, behind = before] = args;
  return [
    `extend kql_row = row_number(), kql_hit = iff(${condition}, 1, 0)`,
    'sort by kql_row desc',
    'extend kql_behind = row_cumsum(kql_hit)',
    `extend kql_behind = kql_behind - prev(kql_behind, (${before}) + 1, 0)`,
    'sort by kql_row asc',
    'extend kql_before = row_cumsum(kql_hit)',
    `extend kql_before = kql_before - prev(kql_before, (${behind}) + 1, 0)`,
    'where kql_behind > 0 or kql_before > 0',
    'project-away kql_row, kql_hit, kql_behind, kql_before',
  ];
};

const slidingWindowCounts: Expansion = ({ args, columns }) => {
  const [id, time, start, end, lookback, bin, ...others] = args;
  if (isWord(bin)) return undefined;
  const { names, declared, listed } = dimensions(others);
  return [
    `where ${time} between (((${start}) - (${lookback})) .. (${end}))`,
    `extend kql_bin = bin_at(${time}, ${bin}, ${start}), kql_id = ${id}${declared}`,
    `mv-expand kql_at = range(max_of(kql_bin, ${start}), min_of(kql_bin + (${lookback}) - (${bin}), ${end}), ${bin}) to typeof(${columns[0]?.type})`,
    `summarize kql_count = count(), kql_dcount = dcount(kql_id) by kql_at${listed}`,
    projectAs(columns, ['kql_at', ...names, 'kql_count', 'kql_dcount']),
  ];
};

/** A value is new in the window where it stands first; what is new adds up. */
const activityCountsMetrics: Expansion = ({ args, columns }) => {
  const [id, time, start, end, window, ...others] = args;
  const { names, declared, listed, sorted, changed } = dimensions(others);
  return [
    `where ${time} between ((${start}) .. (${end}))`,
    `summarize kql_count = count() by kql_at = bin_at(${time}, ${window}, ${start}), kql_id = ${id}${declared}`,
    `sort by ${sorted}kql_id asc, kql_at asc`,
    `extend kql_new = row_number() == 1 or prev(kql_id) != kql_id or ${changed}`,
    `summarize kql_count = sum(kql_count), kql_dcount = count(), kql_new = countif(kql_new) by kql_at${listed}`,
    `sort by ${sorted}kql_at asc`,
    `extend kql_all = row_cumsum(kql_new, ${changed})`,
    projectAs(columns, ['kql_at', ...names, 'kql_count', 'kql_dcount', 'kql_new', 'kql_all']),
  ];
};

/** A value is new in a window if the window before has it not; a rate of nothing is NaN. */
const activityMetrics: Expansion = ({ args, columns }) => {
  const [id, time, start, end, window, ...others] = args;
  if (window === undefined || isWord(window)) return undefined;
  const { names, declared, listed, sorted, changed } = dimensions(others);
  const apart = `prev(kql_at) != kql_at - (${window})`;
  return [
    `where ${time} between ((${start}) .. (${end}))`,
    `summarize by kql_at = bin_at(${time}, ${window}, ${start}), kql_id = ${id}${declared}`,
    `sort by ${sorted}kql_id asc, kql_at asc`,
    `extend kql_new = row_number() == 1 or prev(kql_id) != kql_id or ${apart} or ${changed}`,
    `summarize kql_dcount = count(), kql_new = countif(kql_new) by kql_at${listed}`,
    `sort by ${sorted}kql_at asc`,
    `extend kql_before = iff(row_number() == 1 or ${apart} or ${changed}, 0, prev(kql_dcount))`,
    'extend kql_kept = (kql_dcount - kql_new) / todouble(kql_before)',
    projectAs(columns, ['kql_at', ...names, 'kql_dcount', 'kql_new', 'kql_kept', '1.0 - kql_kept']),
  ];
};

/** Who was there in enough periods of those that an appearance looks back on. */
const activeUsersCount: Expansion = ({ args, columns }) => {
  const [id, time, start, end, lookback, period, least, bin, ...others] = args;
  const { names, declared, listed } = dimensions(others);
  return [
    `where ${time} between (((${start}) - (${lookback})) .. (${end}))`,
    `summarize by kql_period = bin(${time}, ${period}), kql_id = ${id}${declared}`,
    `mv-expand kql_at = range(kql_period, kql_period + (${lookback}) - (${period}), ${period}) to typeof(${columns[0]?.type})`,
    `summarize kql_periods = count(), kql_own = countif(kql_at == kql_period) by kql_at, kql_id${listed}`,
    `where kql_own > 0 and kql_periods >= (${least}) and kql_at between ((${start}) .. (${end}))`,
    `summarize kql_dcount = dcount(kql_id) by kql_at = bin_at(kql_at, ${bin}, ${start})${listed}`,
    projectAs(columns, ['kql_at', ...names, 'kql_dcount']),
  ];
};

/** `week`, `month` and `year` are no lengths. */
function isWord(argument: string | undefined): boolean {
  return /^["'@hH]/.test(argument ?? '');
}

/** Plugins that other operators can say. */
export const EXPANSIONS: Readonly<Record<string, Expansion>> = {
  active_users_count: activeUsersCount,
  activity_counts_metrics: activityCountsMetrics,
  activity_metrics: activityMetrics,
  rolling_percentile: rollingPercentile,
  rows_near: rowsNear,
  sliding_window_counts: slidingWindowCounts,
};
