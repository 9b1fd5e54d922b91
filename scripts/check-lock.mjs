// The lock file names no registry, and holds DuckDB for every platform, so that `npm ci` gives the
// same tree everywhere, whichever mirror is used.

import { readFileSync } from 'node:fs';

const PLATFORMS = [
  'darwin-arm64',
  'darwin-x64',
  'linux-arm64',
  'linux-arm64-musl',
  'linux-x64',
  'linux-x64-musl',
  'win32-arm64',
  'win32-x64',
];

const lock = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8'));
const entries = Object.entries(lock.packages).filter(([path]) => path !== '');
const problems = [
  ...entries.filter(([, { resolved }]) => resolved).map(([path]) => `${path} names its registry.`),
  ...entries.filter(([, { integrity }]) => !integrity).map(([path]) => `${path} has no integrity.`),
  ...PLATFORMS.map((platform) => `node_modules/@duckdb/node-bindings-${platform}`)
    .filter((path) => !lock.packages[path]?.optional)
    .map((path) => `${path} is missing, or not optional.`),
];

for (const problem of problems) console.error(`package-lock.json: ${problem}`);
if (problems.length === 0) console.log(`package-lock.json: ${entries.length} packages, all sound.`);
process.exitCode = problems.length === 0 ? 0 : 1;
