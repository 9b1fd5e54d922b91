import { CliError } from '../../errors.js';
import type { Column } from '../../model/table.js';
import { reportDenied } from '../denied-tables.js';
import { mapConcurrently } from '../map-concurrently.js';
import { type ExportPorts, ownPath, runOf, type Work, waitingSlices } from './export-work.js';
import { fetchPieces } from './fetch-pieces.js';
import { type Counted, EVERYTHING, remaining, type Split, UNTIMED } from './pieces.js';
import {
  askAmount,
  askColumns,
  askCount,
  askDenied,
  askFacts,
  askProfile,
  askUningested,
  askUnsettled,
  type BoundSource,
  type Facts,
  type Source,
} from './source.js';

/** Into how many bins a table is cut at first. */
const BINS = 5000;
/** How often rows that turned up late, or went away, are looked for. */
const ROUNDS = 4;

export async function columnsOf(
  { name, ...source }: Source,
  { journal, ports }: Work,
): Promise<readonly Column[]> {
  const known = runOf(journal).columns[name];
  if (known) return known;
  const columns = await askColumns(ports.asked, { name, ...source });
  await journal.setColumns(name, columns);
  return columns;
}

/** Rounds of fetching what is missing, until as many rows are here as the service counts. */
export async function fetchAll(source: BoundSource, work: Work): Promise<void> {
  const { request, ports, journal } = work;
  const { asked, progress } = ports;
  const folder = ownPath(request, 'slices');
  const slices = () => runOf(journal).slices.filter((slice) => slice.source === source.name);
  const here = () => slices().reduce((sum, { rows }) => sum + rows, 0);
  let number = Math.max(0, ...runOf(journal).slices.map(({ file }) => Number.parseInt(file, 10)));
  progress.step(`Counting the rows of ${source.name}`);
  let facts = await askFacts(asked, source);
  let unsettled = 0;
  if (facts.rows === 0) await explainEmpty(source, ports);
  assertSplits(source, facts, request.split);
  for (let round = 0; round < ROUNDS && (round === 0 || here() !== facts.rows); round++) {
    if (round > 0) await dropWrong(source, work);
    const bins = await binsOf(source, facts, work);
    progress.start(source.name, { rows: facts.rows, done: here() });
    await fetchPieces(source, remaining(bins, slices()), request, {
      ...ports,
      say: ports.report.verbose,
      folder,
      nextName: () => {
        number += 1;
        return `${String(number).padStart(6, '0')}.${ports.tableFiles.extension}`;
      },
      onRows: progress.onRows,
      onSlice: async (slice) => {
        await journal.addSlice(slice);
        progress.onBytes(slice.bytes);
      },
    });
    // First, so that rows which turn up between the two are taken for later ones rather than for known.
    unsettled = await askUnsettled(asked, source);
    facts = await askFacts(asked, source);
  }
  if (here() !== facts.rows) {
    const message = `Of ${facts.rows} rows of "${source.name}" ${here()} are here: their number changes while they are read.`;
    throw new CliError('incomplete', message, { hint: 'The same command goes on from here.' });
  }
  await journal.prove(source.name, { rows: facts.rows, unsettled });
}

/** Pieces that the service counts differently by now are fetched again. */
async function dropWrong(source: BoundSource, work: Work): Promise<void> {
  const { request, ports, journal } = work;
  ports.progress.step(`Looking for rows of ${source.name} that changed`);
  await mapConcurrently(waitingSlices(source.name, work), request.parallel, async (slice) => {
    const rows = await askCount(ports.asked, source, slice);
    if (rows !== slice.rows) await journal.drop(slice.file);
  });
}

async function binsOf(
  source: BoundSource,
  { rows, bytes, first, last, untimed }: Facts,
  { request, ports }: Work,
): Promise<readonly Counted[]> {
  if (rows === 0) return [];
  if (source.timeColumn === null) return [{ ...EVERYTHING, rows, bytes, isExact: true }];
  const { split } = request;
  const timed =
    first === null || last === null
      ? []
      : await askProfile(
          ports.asked,
          source,
          { from: first, to: last + 1n },
          { count: BINS, split },
        );
  if (untimed === 0) return timed;
  return [...timed, await askAmount(ports.asked, source, UNTIMED)];
}

/** @throws {CliError} `usage` if files of a day or an hour were asked for, and rows have no time */
function assertSplits({ name }: BoundSource, { untimed }: Facts, split: Split): void {
  if (split === 'none' || untimed === 0) return;
  const message = `Rows of "${name}" have no timestamp, so that no file of a ${split} is theirs.`;
  throw new CliError('usage', message, {
    hint: 'Leave --split out, or keep timestamp in the KQL.',
  });
}

/** @throws {CliError} `auth` if the caller may not read the table; `unsupported` if its rows cannot be told from later ones */
async function explainEmpty(source: BoundSource, { asked, report }: ExportPorts): Promise<void> {
  if (!source.isTable) return;
  const untold = await askUningested(asked, source);
  if (untold > 0) {
    const message = `${untold} rows of "${source.name}" do not tell when they were ingested.`;
    throw new CliError('unsupported', message, {
      hint: `Copy what there is now with --kql ${source.kql}.`,
    });
  }
  const denied = await askDenied(asked, source);
  if (denied.length > 0) reportDenied(denied, source.kql, report);
}
