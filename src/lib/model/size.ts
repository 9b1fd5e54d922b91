import { CliError } from '../errors.js';

const UNIT_BYTES = {
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
} as const;

/** Bytes of `512MB`, `1.5 GB` (thousands) or `2GiB` (1024s). @throws {CliError} `usage` */
export function parseSize(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([kmgt]i?b)$/i.exec(text.trim());
  const unit = match?.[2]?.toLowerCase() as keyof typeof UNIT_BYTES | undefined;
  const bytes = match && unit ? Math.round(Number(match[1]) * UNIT_BYTES[unit]) : 0;
  if (bytes > 0 && Number.isSafeInteger(bytes)) return bytes;
  throw new CliError('usage', `"${text}" is not a size.`, {
    hint: 'Give a number with a unit, such as 512MB or 2GB.',
  });
}

const SHOWN_UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** A number of bytes for people, in thousands, with one decimal: `64 MB`. */
export function sizeText(bytes: number): string {
  const power = Math.min(
    SHOWN_UNITS.length - 1,
    Math.max(0, Math.floor((String(Math.trunc(bytes)).length - 1) / 3)),
  );
  return `${Number((bytes / 1000 ** power).toFixed(1))} ${SHOWN_UNITS[power]}`;
}
