import { type FileHandle, readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, relative, resolve, sep } from 'node:path';
import { createGunzip } from 'node:zlib';
import { CliError } from '../errors.js';
import { ask, type Connection } from './ask.js';
import { openToRead } from './files.js';
import { quoteText } from './quote.js';
import { isZipped, unzipped } from './zipped.js';

export type FileKind = 'parquet' | 'json' | 'csv';

export interface FoundFile {
  readonly path: string;
  /** As the user would type it. */
  readonly shown: string;
  readonly kind: FileKind;
  /** Without the endings that tell the kind. */
  readonly baseName: string;
  /** Names of the folders around it, the nearest first, out to the one that was typed. */
  readonly folders: readonly string[];
}

const KINDS: Readonly<Record<string, FileKind>> = {
  '.parquet': 'parquet',
  '.json': 'json',
  '.jsonl': 'json',
  '.ndjson': 'json',
  '.csv': 'csv',
};
const READABLE = 'Files end in .parquet, .jsonl, .ndjson, .json or .csv; the text ones in .gz too.';

/**
 * The files that were named one by one, by folder or by pattern (`*`, `?`, `[…]`, `**`), each once. In folders and
 * patterns what is hidden, begins with `_` or is of another kind is passed over.
 *
 * @throws {CliError} `not-found` for a name or pattern without a file; `usage` for a file of another kind, or a
 * pattern with two `**`
 */
export async function findFiles(
  patterns: readonly string[],
  cwd: string,
  connection: Connection,
): Promise<readonly FoundFile[]> {
  const found = new Map<string, FoundFile>();
  for (const pattern of patterns) {
    const files = await expand(pattern, cwd, connection);
    if (files.length === 0) {
      const message = `There is no file "${pattern}".`;
      throw new CliError('not-found', message, { hint: READABLE });
    }
    for (const file of files) if (!found.has(file.path)) found.set(file.path, file);
  }
  return [...found.values()];
}

async function expand(
  pattern: string,
  cwd: string,
  connection: Connection,
): Promise<readonly FoundFile[]> {
  const named = resolve(cwd, pattern);
  const state = await stat(named).catch(() => undefined);
  if (state?.isFile()) {
    const file = describe(named, dirname(named), cwd);
    if (file) return [file];
    throw new CliError('usage', `"${pattern}" is no kind of file that is read.`, {
      hint: READABLE,
    });
  }
  if (state?.isDirectory()) {
    const names = await readdir(named, { recursive: true });
    return listed(
      names.map((name) => join(named, name)),
      named,
      cwd,
    );
  }
  const wild = pattern.search(WILD);
  if (wild < 0) return [];
  if (pattern.split('**').length > 2) {
    throw new CliError('usage', `"${pattern}" holds ** twice, which one pattern cannot.`, {
      hint: 'Name the folder itself, or give several patterns.',
    });
  }
  // What the current folder is called is no pattern.
  const path = resolve(cwd.replaceAll(new RegExp(WILD, 'g'), '[$&]'), pattern);
  const rows = await ask(connection, `SELECT file FROM glob(${quoteText(path)})`);
  const root = resolve(cwd, dirname(`${pattern.slice(0, wild)}*`));
  return listed(
    rows.map(({ file }) => String(file)),
    root,
    cwd,
  );
}

const WILD = /[*?[]/;

function listed(paths: readonly string[], root: string, cwd: string): readonly FoundFile[] {
  return paths.toSorted().flatMap((path) => {
    const isHidden = relative(root, path)
      .split(sep)
      .some((name) => /^[._]/.test(name));
    return isHidden ? [] : (describe(path, root, cwd) ?? []);
  });
}

function describe(path: string, root: string, cwd: string): FoundFile | undefined {
  const plain = path.replace(/\.gz$/i, '');
  const kind = KINDS[extname(plain).toLowerCase()];
  if (!kind || (kind === 'parquet' && plain !== path)) return undefined;
  const inside = relative(root, dirname(path)).split(sep).filter(Boolean);
  const shown = relative(cwd, path);
  return {
    path,
    shown: shown.startsWith('..') ? path : shown,
    kind,
    baseName: basename(plain, extname(plain)),
    folders: [basename(root), ...inside].reverse(),
  };
}

/** The text at the beginning of a file, without a byte order mark. */
export async function readStart(
  { path }: Pick<FoundFile, 'path'>,
  bytes = 262_144,
): Promise<string> {
  const file = await openToRead(path);
  try {
    const start = isZipped(path) ? unzipped(path, unzipStart(file, bytes)) : readBytes(file, bytes);
    return (await start).toString('utf8').replace(/^\ufeff/, '');
  } finally {
    await file.close();
  }
}

/** One read: a stream would cost as much again for each of many small files. */
async function readBytes(file: FileHandle, bytes: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(bytes);
  const { bytesRead } = await file.read(buffer, 0, bytes, 0);
  return buffer.subarray(0, bytesRead);
}

async function unzipStart(file: FileHandle, bytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of file.createReadStream({ autoClose: false }).pipe(createGunzip())) {
    chunks.push(Buffer.from(chunk));
    size += chunks.at(-1)?.length ?? 0;
    if (size >= bytes) break;
  }
  return Buffer.concat(chunks);
}
