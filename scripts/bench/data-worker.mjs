// One side of `bench -- data`: the figures of `data stats` and `data drift` by SQL for exactly these columns, a JSON
// object a line. `node data-worker.mjs stats FILE`, `node data-worker.mjs drift BASELINE TARGET`.

import { tmpdir } from 'node:os';
import { DuckDBInstance } from '@duckdb/node-api';
import { COLUMNS } from './data-rows.mjs';

const [what, ...files] = process.argv.slice(2);
// The memory that the command may use.
const limits = { memory_limit: '600MB', temp_directory: `${tmpdir()}/data-worker-${process.pid}` };
const instance = await DuckDBInstance.create(':memory:', limits);
const connection = await instance.connect();
const ask = async (sql) => (await connection.runAndReadAll(sql)).getRowObjectsJson();
const from = (file) => `read_parquet('${file}')`;
const isNumber = ({ kind }) => kind === 'sorted' || kind === 'counted';

const lines = await (what === 'stats' ? stats(files[0]) : drift(...files));
for (const line of lines) console.log(JSON.stringify(line));

/** One pass over all columns. */
async function basics(file) {
  const selected = COLUMNS.flatMap((column) => {
    const { name } = column;
    const counts = [
      `count(${name}) AS count_${name}`,
      `approx_count_distinct(${name}) AS near_${name}`,
    ];
    if (!isNumber(column) && name !== 'code' && name !== 'seen') return counts;
    const x = name === 'seen' ? 'epoch(seen)' : `${name}::DOUBLE`;
    const figures = ['min', 'avg', 'stddev_samp', 'max'];
    return [...counts, ...figures.map((figure) => `${figure}(${x}) AS ${figure}_${name}`)];
  });
  const [row] = await ask(`SELECT count(*) AS n, ${selected.join(', ')} FROM ${from(file)}`);
  return row;
}

async function stats(file) {
  const row = await basics(file);
  const lines = [];
  for (const { name } of COLUMNS) {
    const line = { column: name, rows: Number(row.n), count: Number(row[`count_${name}`]) };
    const near = Number(row[`near_${name}`]);
    if (near <= 100_000) {
      const top = await ask(
        `SELECT v::VARCHAR AS value, n AS count, count(*) OVER () AS total FROM
         (SELECT ${name} AS v, count(*) AS n FROM ${from(file)} WHERE ${name} IS NOT NULL GROUP BY 1)
         ORDER BY n DESC, v LIMIT 10`,
      );
      line.distinct = Number(top[0].total);
      line.top = top.map(({ value, count }) => ({ value, count: Number(count) }));
    }
    const [min, max] = [row[`min_${name}`], row[`max_${name}`]];
    if (min !== undefined) {
      const isTime = name === 'seen';
      const x = isTime ? 'epoch(seen)' : `${name}::DOUBLE`;
      const [{ q }] = await ask(
        `SELECT quantile_cont(${x}, [0.05, 0.25, 0.5, 0.75, 0.95]) AS q FROM ${from(file)}`,
      );
      const isWhole = name === 'code';
      const bins = isWhole ? max - min + 1 : 20;
      const width = isWhole ? 1 : (max - min) / 20;
      const counted = await ask(
        `SELECT greatest(0, least(${bins - 1}, floor((${x} - ${min}) / ${width})))::INTEGER AS bin, count(*) AS n
         FROM ${from(file)} WHERE ${name} IS NOT NULL GROUP BY 1`,
      );
      const counts = Array(bins).fill(0);
      for (const { bin, n } of counted) counts[bin] = Number(n);
      if (!isTime) {
        const [p5, p25, p50, p75, p95] = q;
        Object.assign(line, { min, max, mean: row[`avg_${name}`], p5, p25, p50, p75, p95 });
      }
      line.stddev = row[`stddev_samp_${name}`];
      // Where a value lies on the border of two bins, this simple rule may count it in the other.
      line.histogram =
        isTime || name.startsWith('price') ? undefined : { from: min, to: max, counts };
    }
    lines.push(line);
  }
  return lines;
}

async function drift(baseline, target) {
  const [b, t] = [await basics(baseline), await basics(target)];
  const lines = [];
  for (const column of COLUMNS) {
    const { name, kind } = column;
    if (kind === 'time') continue;
    const [m, n] = [Number(b[`count_${name}`]), Number(t[`count_${name}`])];
    const found =
      kind === 'category'
        ? await categories(name, { baseline, target, m, n })
        : await numbers(column, { baseline, target, m, n, b, t });
    const rows = Number(t.n);
    const out = found.out / rows;
    delete found.out;
    lines.push({
      feature: name,
      null_value_rate: (rows - n) / rows,
      out_of_bounds_rate: out,
      ...found,
    });
  }
  return lines;
}

async function numbers({ name, kind }, { baseline, target, m, n, b, t }) {
  const [low, high] = [b[`min_${name}`], b[`max_${name}`]];
  const [min, max] = [Math.min(low, t[`min_${name}`]), Math.max(high, t[`max_${name}`])];
  const k = Math.ceil(Math.log2(Math.min(m, n)) + 1);
  const bin = `greatest(0, least(${k - 1}, floor((${name} - ${min}) / ${(max - min) / k})))::INTEGER AS bin`;
  const counted = await ask(
    `SELECT ${bin}, count(*) FILTER (side = 0) AS b, count(*) FILTER (side = 1) AS t,
       count(*) FILTER (side = 1 AND (${name} < ${low} OR ${name} > ${high})) AS out
     FROM (SELECT ${name}::DOUBLE AS ${name}, 0 AS side FROM ${from(baseline)}
       UNION ALL SELECT ${name}::DOUBLE, 1 FROM ${from(target)}) WHERE ${name} IS NOT NULL GROUP BY 1`,
  );
  const pairs = Array.from({ length: k }, () => [0, 0]);
  for (const { bin, b, t } of counted) pairs[bin] = [Number(b), Number(t)];
  const both = `SELECT ${name}::DOUBLE AS v, 1 AS b, 0 AS t FROM ${from(baseline)} WHERE ${name} IS NOT NULL
    UNION ALL SELECT ${name}::DOUBLE, 0, 1 FROM ${from(target)} WHERE ${name} IS NOT NULL`;
  // Sorting costs less than counting where nearly every value is another one.
  const values =
    kind === 'sorted' ? both : `SELECT v, sum(b) AS b, sum(t) AS t FROM (${both}) GROUP BY v`;
  const [{ d, w }] = await ask(
    `SELECT max(abs(fb - ft)) FILTER (next IS DISTINCT FROM v) AS d, sum(abs(fb - ft) * (next - v)) AS w FROM
     (SELECT v, sum(b) OVER sofar / ${m} AS fb, sum(t) OVER sofar / ${n} AS ft, lead(v) OVER sofar AS next
      FROM (${values}) WINDOW sofar AS (ORDER BY v ROWS UNBOUNDED PRECEDING))`,
  );
  return {
    ks_statistic: d,
    normalized_wasserstein_distance: w / b[`stddev_samp_${name}`],
    // Borders of bins: see above.
    ...(name.startsWith('price') ? {} : distances(pairs, m, n)),
    out: counted.reduce((sum, { out }) => sum + Number(out), 0),
  };
}

async function categories(name, { baseline, target, m, n }) {
  const side = (file) =>
    `(SELECT ${name} AS v, count(*) AS n FROM ${from(file)} WHERE ${name} IS NOT NULL GROUP BY 1)`;
  const rows = await ask(
    `SELECT coalesce(b.n, 0) AS b, coalesce(t.n, 0) AS t FROM ${side(baseline)} AS b FULL JOIN ${side(target)} AS t USING (v)`,
  );
  const pairs = rows.map(({ b, t }) => [Number(b), Number(t)]);
  const chi = (count, expected) => (count - expected) ** 2 / expected;
  const share = m / (m + n);
  return {
    ...distances(pairs, m, n),
    chi_squared_statistic: pairs.reduce(
      (sum, [b, t]) => sum + chi(b, (b + t) * share) + chi(t, (b + t) * (1 - share)),
      0,
    ),
    chi_squared_degrees_of_freedom: pairs.length - 1,
    out: pairs.reduce((sum, [b, t]) => sum + (b === 0 ? t : 0), 0),
  };
}

function distances(pairs, m, n) {
  let [index, divergence] = [0, 0];
  for (const [b, t] of pairs) {
    const [p, q] = [(b + 1) / (m + pairs.length), (t + 1) / (n + pairs.length)];
    index += (q - p) * Math.log(q / p);
    const middle = (b / m + t / n) / 2;
    if (b > 0) divergence += ((b / m) * Math.log2(b / m / middle)) / 2;
    if (t > 0) divergence += ((t / n) * Math.log2(t / n / middle)) / 2;
  }
  return {
    population_stability_index: index,
    jensen_shannon_distance: Math.sqrt(Math.max(0, divergence)),
  };
}
