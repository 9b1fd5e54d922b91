import { diffLines } from 'diff';
import { format } from 'jsonc-parser';
import type { Outcome } from '../use-cases/change-each.js';
import { escapeControls } from './escape.js';
import type { Style } from './style.js';
import type { View } from './view.js';

type Planned = Partial<Pick<Outcome, 'requests' | 'before' | 'error'>>;
type Request = NonNullable<Outcome['requests']>[number];

/** What would be sent, each body byte for byte on lines of its own, and what the last one would change. */
export function dryRunView<T extends Planned>(nameOf: (outcome: T) => string): View<T> {
  return {
    text(outcome, style) {
      if (outcome.error) return undefined;
      const name = style.bold(escapeControls(nameOf(outcome)));
      const { requests = [], before } = outcome;
      if (requests.length === 0) return `${name} is as wished already: nothing would be sent.`;
      const blocks = requests.map((request) => requestText(request, style));
      const last = requests.at(-1);
      const diff = last && typeof before === 'string' ? [diffText(before, last.body, style)] : [];
      return [`For ${name} would be sent:`, ...blocks, ...diff].join('\n');
    },
  };
}

function requestText({ method, url, contentType, body }: Request, style: Style): string {
  const head = `${style.cyan(method)} ${escapeControls(url)}`;
  if (body === '') return `${head}\n`;
  return [head, style.dim(`content-type: ${contentType}`), '', body, ''].join('\n');
}

/** The lines that differ once both texts are laid out alike, with two lines around each. */
function diffText(before: string, after: string, style: Style): string {
  const lines = diffLines(laidOut(before), laidOut(after)).flatMap(({ value, added, removed }) =>
    value
      .replace(/\n$/, '')
      .split('\n')
      .map((line) => ({ line, mark: added ? '+' : removed ? '-' : ' ' })),
  );
  const isNear = (index: number) =>
    lines.slice(Math.max(0, index - 2), index + 3).some(({ mark }) => mark !== ' ');
  const shown = lines.flatMap(({ line, mark }, index) => {
    if (!isNear(index)) return isNear(index - 1) ? [style.dim('…')] : [];
    const text = `${mark} ${escapeControls(line)}`.trimEnd();
    if (mark === '+') return [style.green(text)];
    return [mark === '-' ? style.red(text) : style.dim(text)];
  });
  return ['What it changes:', ...shown].join('\n');
}

/** The JSON with a member a line; unlike a parse and print, it keeps every digit. */
function laidOut(json: string): string {
  if (json === '') return '';
  const edits = format(json, undefined, { tabSize: 2, insertSpaces: true, eol: '\n' });
  let text = json;
  for (const { offset, length, content } of [...edits].reverse()) {
    text = text.slice(0, offset) + content + text.slice(offset + length);
  }
  return `${text}\n`;
}
