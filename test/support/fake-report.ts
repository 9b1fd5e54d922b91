import type { Report } from '../../src/lib/host.js';

/** A report that remembers notes and warnings, each under its label. */
export function fakeReport(): { readonly report: Report; readonly said: readonly string[] } {
  const said: string[] = [];
  const report: Report = {
    note: (text) => said.push(`note: ${text}`),
    warn: (text) => said.push(`WARNING: ${text}`),
    instruct: (text) => said.push(text),
    verbose: () => {},
    debug: () => {},
    progress: () => ({ update: () => {}, done: () => {} }),
  };
  return { report, said };
}
