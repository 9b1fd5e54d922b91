import { escapeControls } from './escape.js';
import type { Style } from './style.js';

/** A line a fact, its name in front, where it came from behind; what is not known shows as `-`. */
export function factLines(
  facts: readonly (readonly [name: string, value: string | null, source: string | null])[],
  style: Style,
): readonly string[] {
  const width = Math.max(...facts.map(([name]) => name.length));
  return facts.map(([name, value, source]) => {
    const origin = source === null ? '' : `  ${style.dim(`from ${escapeControls(source)}`)}`;
    return `  ${style.dim(name.padEnd(width))}  ${escapeControls(value ?? '-')}${origin}`;
  });
}
