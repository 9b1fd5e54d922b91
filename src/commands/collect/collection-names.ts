import { InvalidArgumentError } from '@commander-js/extra-typings';

/** `request,response` as its names, each once. */
export function parseNames(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.every((name) => /^\w[\w-]*$/.test(name))) return [...new Set(names)];
  throw new InvalidArgumentError('Write names with commas between them, as request,response.');
}
