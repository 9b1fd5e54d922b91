import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../support/built-cli.js';

test('the page of what runs is that of the tables, and KQL has every name in them', () => {
  const { status, stderr } = spawnSync(
    process.execPath,
    [join(ROOT, 'scripts/kql-support.mjs'), '--check'],
    { cwd: ROOT, encoding: 'utf8' },
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});
