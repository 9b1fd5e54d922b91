import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** A behaviour of KQL: question, perhaps its translation, and the answer or the refusal. */
export interface CaseFile {
  /** Path below the folder, without the extension. */
  readonly name: string;
  readonly kql: string;
  readonly sql: string | undefined;
  /** Rows as objects, in their order unless the comment says `any order`. */
  readonly rows: unknown;
  readonly error: unknown;
  readonly isUnordered: boolean;
}

export async function readCaseFiles(folder: string): Promise<readonly CaseFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter(({ name }) => name.endsWith('.case'));
  const paths = files.map(({ name, parentPath }) => join(parentPath, name)).sort();
  return Promise.all(paths.map((path) => readCaseFile(folder, path)));
}

async function readCaseFile(folder: string, path: string): Promise<CaseFile> {
  const text = await readFile(path, 'utf8');
  const [comment = '', ...sections] = text.split(/^--- /m);
  const bodies = new Map(
    sections.map((section) => {
      const end = section.indexOf('\n');
      return [section.slice(0, end).trim(), section.slice(end + 1).trim()];
    }),
  );
  const json = (name: string): unknown => {
    const body = bodies.get(name);
    return body === undefined ? undefined : JSON.parse(body);
  };
  return {
    name: relative(folder, path).replaceAll('\\', '/').slice(0, -'.case'.length),
    kql: bodies.get('kql') ?? '',
    sql: bodies.get('sql'),
    rows: json('rows'),
    error: json('error'),
    isUnordered: comment.includes('any order'),
  };
}
