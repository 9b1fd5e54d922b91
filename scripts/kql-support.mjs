// Writes docs/kql-support.md from the tables of operators and functions: `npm run kql-support`.
// With `--check` it writes nothing and fails if the page is old, or a table has a name that KQL lacks.

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { importBundled } from './bundle.mjs';
import { readVocabulary } from './kql-support/vocabulary.mjs';

const PAGE = fileURLToPath(new URL('../docs/kql-support.md', import.meta.url));

/** Syntax that others are made of, or that no query holds by itself. */
const NOT_OPERATORS = ['ConsumeOperator', 'GraphMatchPattern'];

const vocabulary = readVocabulary();
const { TABLES, wordOf } = await importBundled('scripts/kql-support/tables.mjs');
const { FUNCTIONS, BOUND_CALLS, CLOUD_FUNCTIONS, AGGREGATES, PLUGINS, OPERATORS, REFUSED } = TABLES;
const isOwn = (name) => /^[A-Z]/.test(name); // operators on values, and names of this engine's own
/** The form of another aggregate that pivot() asks for, which KQL may have or not. */
const isConditional = (name) =>
  /_?if$/.test(name) &&
  Object.hasOwn(AGGREGATES, name.replace(/_?if$/, '')) &&
  !vocabulary.aggregates.includes(name);
const sections = [
  {
    title: 'Operators',
    known: vocabulary.operators.filter((name) => !NOT_OPERATORS.includes(name)).map(wordOf),
    supported: Object.keys(OPERATORS).map(wordOf),
    refused: REFUSED.operators,
  },
  {
    title: 'Scalar functions',
    known: vocabulary.functions,
    // `table` is bound as a table, not as a value.
    supported: [...Object.keys(FUNCTIONS), ...Object.keys(BOUND_CALLS), 'table'].filter(
      (name) => !isOwn(name),
    ),
    refused: REFUSED.functions,
  },
  {
    title: 'Aggregates',
    known: vocabulary.aggregates,
    supported: Object.keys(AGGREGATES).filter((name) => !isConditional(name) && !isOwn(name)),
    refused: REFUSED.aggregates,
  },
  {
    title: 'Plugins of `evaluate`',
    known: vocabulary.plugins,
    supported: Object.keys(PLUGINS),
    refused: REFUSED.plugins,
  },
];

const problems = sections.flatMap(({ title, known, supported, refused }) => [
  ...[...supported, ...Object.keys(refused)]
    .filter((name) => !known.includes(name))
    .map((name) => `${title}: KQL has no ${name}.`),
  ...supported
    .filter((name) => Object.hasOwn(refused, name))
    .map((name) => `${title}: ${name} is both supported and refused.`),
]);
const page = write();
if (!process.argv.includes('--check')) writeFileSync(PAGE, page);
else if (readFileSync(PAGE, 'utf8') !== page) {
  problems.push('docs/kql-support.md is old: npm run kql-support.');
}
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;

function write() {
  return `<!-- Written by npm run kql-support. -->
# What of KQL runs on this machine

Queries with \`--local\` or \`--files\`, and those that the local cloud answers, run on DuckDB. The answer is
Kusto's, or the query is refused with the place of what cannot be translated, exit status 7:

\`\`\`
not supported locally: ingestion_time(), which ${CLOUD_FUNCTIONS.ingestion_time}, at 1:18
\`\`\`

A query that is refused here runs unchanged on Azure. Here a \`decimal\` keeps 18 digits behind its point, and
operators on values (\`==\`, \`has\`, \`in~\`, \`between\` …) all run, but for ${missingSymbols()}.
\`scan\` goes from row to row, where everything else takes thousands at once: 16 000 rows took 4 to 7 seconds
on two cores.

The local cloud knows when each row was stored, so it has \`ingestion_time()\`, and \`estimate_data_size()\` with
it: of files both are refused. Of sizes the reference tells that a \`long\` is 8 bytes, a text its bytes, and a
\`dynamic\` more than its text; the rest is a rule of thumb (\`bool\` 1, \`int\` 4, \`guid\` and \`decimal\` 16, others
8, \`dynamic\` 4 more than its text).

${sections.map(writeSection).join('\n')}`;
}

function missingSymbols() {
  const missing = vocabulary.symbols.filter((name) => !Object.hasOwn(FUNCTIONS, name));
  const like = missing.filter((name) => /^(Not)?Like/.test(name));
  const rest = missing.filter((name) => !like.includes(name) && name !== 'Search');
  return [...(like.length > 0 ? ['the hidden `like` and its kin'] : []), ...rest].join(', ');
}

function writeSection({ title, known, supported, refused }) {
  const state = (name) => {
    if (Object.hasOwn(CLOUD_FUNCTIONS, name)) return 'in the local cloud';
    if (supported.includes(name)) return 'yes';
    return Object.hasOwn(refused, name) ? `refused: it ${refused[name]}` : 'not yet';
  };
  const rows = [...new Set(known)].sort().map((name) => `| \`${name}\` | ${state(name)} |\n`);
  return `## ${title}\n\n| | |\n| --- | --- |\n${rows.join('')}`;
}
