/** Paths for DuckDB's readers, which take a path for a pattern. */
export function quotePaths(files: readonly string[]): string {
  return `[${files.map((file) => quoteText(file.replaceAll(/[[*?]/g, '[$&]'))).join(', ')}]`;
}

/** SQL itself ends at a NUL. */
export function quoteText(text: string): string {
  const [first = '', ...others] = text.split('\0').map((part) => `'${part.replaceAll("'", "''")}'`);
  return others.length === 0 ? first : `(${[first, ...others].join(' || chr(0) || ')})`;
}

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
