// Measures what DESIGN promises as ratios, in one interleaved run, so that a busy machine or a slow
// one gives the same answer. Needs `npm run build`.
// `npm run bench -- start [--rounds N]`, `npm run bench -- engine|read [--rounds N] [--rows N]`,
// `npm run bench -- data [--rounds N] [--rows N] [--files N]`, `npm run bench -- export [--rows N]`,
// `npm run bench -- list|download [--files N]`

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { data } from './bench/data.mjs';
import { downloading } from './bench/download.mjs';
import { engine } from './bench/engine.mjs';
import { exporting } from './bench/export.mjs';
import { listing } from './bench/list.mjs';
import { read } from './bench/read.mjs';
import { start } from './bench/start.mjs';

const bin = fileURLToPath(new URL('../bin/aml-monitor.cjs', import.meta.url));
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string' }, rows: { type: 'string' }, files: { type: 'string' } },
});
const benches = {
  start,
  engine,
  read,
  export: exporting,
  list: listing,
  download: downloading,
  data,
};

const bench = benches[positionals[0]];
if (bench) {
  const folder = mkdtempSync(join(tmpdir(), 'aml-monitor-bench-'));
  const counts = Object.entries(values).map(([name, text]) => [name, Number(text)]);
  try {
    await bench({ bin, folder, ...Object.fromEntries(counts) });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
} else {
  console.error(
    `usage: npm run bench -- ${Object.keys(benches).join('|')} [--rounds N] [--rows N] [--files N]`,
  );
  process.exitCode = 2;
}
