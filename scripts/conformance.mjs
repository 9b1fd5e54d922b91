// Runs files of KQL with known answers through the engine and says how many came out right.
// `npm run conformance -- FILE… [--kind emu] [--id ID] [--refused] [--verbose]`

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { importBundled } from './bundle.mjs';
import { judgeAnswer } from './conformance/judge.mjs';

const USAGE = 'usage: npm run conformance -- FILE… [--kind KIND] [--id ID] [--refused] [--verbose]';
const NOW = new Date('2026-06-01T00:00:00Z');
const TIMEOUT_MS = 60_000;
/** Answers that differ from run to run say nothing; cut ones are compared as far as they go. */
const UNJUDGED = ['nondeterministic', 'clock-or-random'];
const COUNTS = ['judged', 'passed', 'refused', 'wrong', 'crashed', 'mustFail', 'rejected'];

const { positionals: files, values: options } = parseArgs({
  allowPositionals: true,
  options: {
    kind: { type: 'string' },
    id: { type: 'string' },
    refused: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
  },
});

if (files.length === 0) {
  console.error(USAGE);
  process.exitCode = 2;
} else {
  const verdicts = await judgeAll(files.flatMap(readRecords));
  printCounts(verdicts);
  if (options.refused) printRefusals(verdicts);
  if (options.verbose) verdicts.filter(isFailure).forEach(printFailure);
  process.exitCode = verdicts.some(({ verdict }) => verdict === 'crashed') ? 1 : 0;
}

/** Records without a `kind` are real queries without an answer: they have to run on empty tables. */
function readRecords(file) {
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return lines
    .map((line) => JSON.parse(line))
    .map((record) => ({ kind: 'runs', ...record }))
    .filter(({ kind, id }) => kind === (options.kind ?? kind) && id === (options.id ?? id))
    .filter(({ flags = [] }) => !flags.some((flag) => UNJUDGED.includes(flag)))
    .filter(({ binderErrors = [] }) => binderErrors.length === 0);
}

async function judgeAll(records) {
  const { openEngine, tables } = await importBundled('scripts/conformance/engine.mjs');
  const engine = await openEngine();
  const verdicts = [];
  for (const record of records) {
    // Tables of real queries only: the others bring their own rows, and names that may be the same.
    const answer = await run(engine, record.query, record.kind === 'runs' ? tables : []);
    verdicts.push({ record, answer, ...judgeAnswer(record, answer) });
  }
  await engine.close();
  return verdicts;
}

async function run(engine, kql, tables) {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const { columns, rows } = await engine.run(kql, tables, { now: NOW, signal });
    const all = [];
    for await (const row of rows) all.push(row);
    return { columns, rows: all };
  } catch (error) {
    return { error };
  }
}

function printCounts(verdicts) {
  const kinds = [...new Set(verdicts.map(({ record }) => record.kind))];
  console.log(['kind', ...COUNTS, 'of judged', 'of translated'].join('\t'));
  for (const kind of kinds) {
    const own = verdicts.filter(({ record }) => record.kind === kind);
    const count = (wanted) => own.filter(({ verdict }) => verdict === wanted).length;
    const answered = own.filter(({ record }) => !record.expected?.error);
    const refused = answered.filter(({ verdict }) => verdict === 'refused').length;
    const judged =
      answered.length - answered.filter(({ verdict }) => verdict === 'unjudged').length;
    const passed = count('passed');
    const counts = [judged, passed, refused, count('wrong'), count('crashed')];
    const mustFail = own.length - answered.length;
    const share = (whole) => (whole > 0 ? `${((100 * passed) / whole).toFixed(1)} %` : '-');
    const line = [kind, ...counts, mustFail, count('rejected'), share(judged)];
    console.log([...line, share(judged - refused)].join('\t'));
  }
}

function printRefusals(verdicts) {
  const reasons = new Map();
  for (const { record, verdict, answer } of verdicts) {
    if (verdict !== 'refused') continue;
    const reason = `${record.kind}: ${answer.error.message.replace(/ at \d+:\d+$/, '')}`;
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  const byCount = [...reasons].sort(([, one], [, other]) => other - one);
  for (const [reason, count] of byCount) console.log(`${count}\t${reason}`);
}

function isFailure({ verdict }) {
  return verdict === 'wrong' || verdict === 'crashed' || verdict === 'accepted';
}

function printFailure({ record, verdict, answer, got }) {
  console.log(`\n${record.id} ${verdict}\n${record.query.trim()}`);
  console.log(`  expected ${JSON.stringify(record.expected)}`);
  console.log(`  got      ${answer.error ? answer.error.message : JSON.stringify(got)}`);
}
