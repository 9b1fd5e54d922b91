import { join } from 'node:path';
import { CliError } from '../../errors.js';
import { TICKS_PER_MINUTE } from '../../model/ticks.js';
import { type ExportPorts, type ExportRequest, ownPath, runOf } from './export-work.js';
import type { ExportIdentity, Journal, Run, RunBounds } from './journal.js';
import { askNow, askUnsettled, bindSource } from './source.js';

/** A row can be seen a little after the instant at which it was ingested: what is gone on from lies so far back. */
const SETTLING_TICKS = 5n * TICKS_PER_MINUTE;
const LEFT_FOR_LATER =
  'What was ingested in the last 5 minutes is left to the next run: more of it may turn up.';

/** The run to go on with, or a new one if there is something to do. */
export async function startRun(
  journal: Journal,
  request: ExportRequest,
  ports: ExportPorts,
): Promise<{ readonly run: Run; readonly isNew: boolean }> {
  const identity: ExportIdentity = {
    component: ports.asked.component.toLowerCase(),
    format: request.format,
    split: request.split,
    time: request.time,
    sources: request.sources.map(({ name, kql }) => ({ name, kql })),
  };
  const known = journal.identity();
  if (known) assertSame(known, identity, request.folder);
  const last = journal.run();
  if (last && !last.isEnded) {
    ports.report.note(`Going on with the export that was begun in "${request.folder}".`);
    return { run: last, isNew: true };
  }
  if (last && !request.isIncremental) return { run: last, isNew: false };
  const now = await askNow(ports.asked);
  const settled = now - SETTLING_TICKS;
  const until = request.isIncremental ? settled : now;
  if (last && until <= last.until) {
    ports.report.note(LEFT_FOR_LATER);
    return { run: last, isNew: false };
  }
  if (last) await assertSettled(last, request, ports);
  const bounds: RunBounds = last
    ? { from: last.from, to: last.to, after: last.until, until, settled }
    : { ...request.toRange(now), after: null, until, settled };
  if (request.isIncremental) ports.report.note(LEFT_FOR_LATER);
  if (!known) {
    await assertFree(request, ports);
    await journal.begin(identity);
  }
  await journal.beginRun(bounds);
  const run = journal.run();
  if (!run) throw new Error('A run that was begun is not there.');
  return { run, isNew: true };
}

/** @throws {CliError} `incomplete` if rows turned up behind a run that took in the last minutes */
async function assertSettled(
  last: Run,
  { sources, folder }: ExportRequest,
  { asked }: ExportPorts,
) {
  for (const source of sources) {
    const counted = last.proven[source.name]?.unsettled ?? 0;
    const now = await askUnsettled(
      asked,
      bindSource(source, last.columns[source.name] ?? [], last),
    );
    if (now === counted) continue;
    const message = `Rows of "${source.name}" turned up after the export in "${folder}", which took in the minutes before it.`;
    throw new CliError('incomplete', message, {
      hint: 'Begin anew in another folder, with --incremental from the start: it stays 5 minutes behind.',
    });
  }
}

/** @throws {CliError} `usage` if there is a file with a name that this export would use */
async function assertFree({ folder, sources }: ExportRequest, { files, tableFiles }: ExportPorts) {
  const ending = `.${tableFiles.extension}`;
  const taken = (await files.list(folder)).find((file) =>
    sources.some(
      ({ name }) =>
        file === name + ending || (file.startsWith(`${name}-`) && file.endsWith(ending)),
    ),
  );
  if (taken === undefined) return;
  throw new CliError(
    'usage',
    `In "${folder}" there is "${taken}" already, which no export wrote.`,
    {
      hint: 'Give another folder with --out.',
    },
  );
}

function assertSame(known: ExportIdentity, wished: ExportIdentity, folder: string): void {
  const differing = (['component', 'sources', 'time', 'format', 'split'] as const).find(
    (name) => JSON.stringify(known[name]) !== JSON.stringify(wished[name]),
  );
  if (differing === undefined) return;
  const what = {
    component: 'of another component',
    sources: `of ${known.sources.map(({ name }) => name).join(', ')}`,
    time: 'of another time range',
    format: `in the format ${known.format}`,
    split: `with --split ${known.split}`,
  }[differing];
  throw new CliError('usage', `The folder "${folder}" holds another export, ${what}.`, {
    hint: 'Give another folder with --out.',
  });
}

/** Removes what a killed process left unfinished. */
export async function sweep(
  journal: Journal,
  request: ExportRequest,
  { files, tableFiles }: ExportPorts,
): Promise<void> {
  const { folder, sources } = request;
  const slices = ownPath(request, 'slices');
  const known = new Set(runOf(journal).slices.map(({ file }) => file));
  for (const name of await files.list(slices)) {
    if (!known.has(name)) await files.remove(join(slices, name));
  }
  for (const name of await files.list(folder)) {
    const isOwn = sources.some((source) => name.startsWith(source.name));
    const isUnfinished = name.includes(`.${tableFiles.extension}.`) && name.endsWith('.tmp');
    if (isOwn && isUnfinished) await files.remove(join(folder, name));
  }
}
