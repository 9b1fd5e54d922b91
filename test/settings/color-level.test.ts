import { expect, test } from 'vitest';
import { colorLevel } from '../../src/lib/settings/color-level.js';

const TERMINAL = { isTty: true };
const PIPE = { isTty: false };

test.each([
  // --color decides before anything else.
  ['always', {}, PIPE, 1],
  ['always', { NO_COLOR: '1', TERM: 'xterm-256color' }, PIPE, 2],
  ['never', { FORCE_COLOR: '3' }, TERMINAL, 0],
  // NO_COLOR, unless it is empty.
  ['auto', { NO_COLOR: '1', FORCE_COLOR: '1' }, TERMINAL, 0],
  ['auto', { NO_COLOR: '' }, TERMINAL, 1],
  // FORCE_COLOR and CLICOLOR_FORCE.
  ['auto', { FORCE_COLOR: '2' }, PIPE, 2],
  ['auto', { FORCE_COLOR: '' }, PIPE, 1],
  ['auto', { FORCE_COLOR: '0' }, TERMINAL, 0],
  ['auto', { CLICOLOR_FORCE: '1' }, PIPE, 1],
  ['auto', { CLICOLOR_FORCE: '0' }, PIPE, 0],
  // CLICOLOR=0 and TERM=dumb.
  ['auto', { CLICOLOR: '0' }, TERMINAL, 0],
  ['auto', { TERM: 'dumb' }, TERMINAL, 0],
  ['auto', { TERM: 'dumb', CLICOLOR_FORCE: '1' }, TERMINAL, 1],
  // Else the terminal; CI makes no difference.
  ['auto', {}, TERMINAL, 1],
  ['auto', { CI: 'true' }, TERMINAL, 1],
  ['auto', {}, PIPE, 0],
  // How richly.
  ['auto', { TERM: 'xterm-256color' }, TERMINAL, 2],
  ['auto', { COLORTERM: 'truecolor' }, TERMINAL, 3],
] as const)('--color %s with %o on %o is level %i', (when, env, stream, level) => {
  expect(colorLevel(when, env, stream, 'linux')).toBe(level);
});

test('Windows terminals have all colors', () => {
  expect(colorLevel('auto', {}, TERMINAL, 'win32')).toBe(3);
});
