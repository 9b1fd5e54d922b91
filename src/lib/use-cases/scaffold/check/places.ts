import type { PythonScript } from '../../../python/script.js';
import { type Remark, WHOLE_FILE } from './finding.js';

/** Where a function of the module begins; the start of the file without it. */
export function headOf(script: PythonScript, name: 'init' | 'run'): Remark['at'] {
  const [found] = script.moduleBindings(name);
  if (found?.kind !== 'function') return WHOLE_FILE;
  const { start } = found.node;
  return { start, end: start + `def ${name}`.length };
}
