/** Paths for DuckDB's readers, which take a path for a pattern. */
export function quotePaths(files: readonly string[]): string {
  return `[${files.map((file) => quoteText(file.replaceAll(/[[*?]/g, '[$&]'))).join(', ')}]`;
}

export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
