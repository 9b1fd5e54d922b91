import { ofFiles } from '../duckdb/files.js';
import { CliError } from '../errors.js';
import type { CsvLayout } from '../model/csv-record.js';
import { firstRecord } from './csv-layout.js';
import { recordsOf } from './csv-records.js';
import { createGatherer, type Gatherer } from './gather-files.js';
import { readPlain } from './plain-file.js';
import type { Workshop } from './workshop.js';

/** Files one behind the other that are laid out in the same way. */
export interface Run {
  readonly layout: CsvLayout;
  readonly record: string;
  readonly files: string[];
  readonly gatherer: Gatherer;
}

/** The files that have records, by their layouts, and what had to be guessed of those. */
export async function findRuns(
  files: readonly string[],
  layoutOf: (record: string) => CsvLayout,
  workshop: Workshop,
): Promise<{ readonly runs: readonly Run[]; readonly notes: readonly string[] }> {
  const runs: Run[] = [];
  const look = async (path: string) => {
    const file = await readPlain(path, workshop);
    return { path, file, record: await firstRecord(file) };
  };
  for await (const { path, file, record } of ofFiles(files, look, workshop.signal)) {
    if (record === undefined) continue; // an empty file
    if (record.includes('\0')) {
      throw new CliError('usage', `"${path}" is no UTF-8, but perhaps UTF-16.`, {
        hint: 'Convert it: iconv -f UTF-16 -t UTF-8.',
      });
    }
    const layout = layoutOf(record);
    let run = runs.at(-1);
    if (run === undefined || !isAlike(run.layout, layout)) {
      await run?.gatherer.end();
      const gatherer = createGatherer(workshop, (all) => recordsOf(all, layout.delimiter));
      run = { layout, record, files: [], gatherer };
      runs.push(run);
    }
    run.files.push(path);
    await run.gatherer.add(file);
  }
  return named(runs);
}

function isAlike(one: CsvLayout, other: CsvLayout): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** A file without headings has those of the nearest one before it, else behind it, that is as wide. */
function named(runs: readonly Run[]): {
  readonly runs: readonly Run[];
  readonly notes: readonly string[];
} {
  const notes: string[] = [];
  const given = runs.map((run, at) => {
    if (run.layout.hasHeader) return run;
    const { length } = run.layout.names;
    const fits = ({ layout }: Run) => layout.hasHeader && layout.names.length === length;
    const like = runs.slice(0, at).findLast(fits) ?? runs.find(fits);
    const which =
      run.files.length === 1 ? `"${run.files[0]}" has` : `${run.files.length} files have`;
    if (!like) {
      notes.push(`${which} no headings: the columns are called by their place, c0, c1 and so on.`);
      return run;
    }
    notes.push(
      `${which} no headings: the columns are called as in "${like.files[0]}", which has as many.`,
    );
    return { ...run, layout: { ...run.layout, names: like.layout.names } };
  });
  return { runs: given, notes };
}
