import { type Target, targetName } from '../model/target.js';
import type { LogEntry } from '../use-cases/read-logs.js';
import { escapeControls } from './escape.js';
import type { Style } from './style.js';
import { textWidth } from './text-width.js';
import type { TextView } from './view.js';

const PREFIX_COLORS = ['cyan', 'yellow', 'green', 'magenta', 'blue', 'red'] as const;

/**
 * Log lines as they were written, tabs too; every other control character is shown escaped. Where there are
 * several targets, each line begins with the name of its own, in a color of its own.
 */
export function logsView(targets: readonly Target[]): TextView<LogEntry> {
  const names = targets.map((target) => escapeControls(targetName(target)));
  const width = Math.max(0, ...names.map(textWidth));
  const prefixes = new Map(
    names.map((name, index) => [
      name,
      { text: name + ' '.repeat(width - textWidth(name)), color: colorAt(index) },
    ]),
  );
  return {
    text(entry, style) {
      const line = lineText(entry, style);
      const prefix = prefixes.get(escapeControls(targetName(entry)));
      if (targets.length < 2 || !prefix) return line;
      const head = `${style[prefix.color](prefix.text)} ${style.dim('|')}`;
      return line === '' ? head : `${head} ${line}`;
    },
  };
}

function colorAt(index: number): (typeof PREFIX_COLORS)[number] {
  return PREFIX_COLORS[index % PREFIX_COLORS.length] ?? 'cyan';
}

function lineText({ section, line }: LogEntry, style: Style): string {
  const text = line
    .split('\t')
    .map((piece) => escapeControls(piece))
    .join('\t');
  return section === 'log' ? text : `${style.bold(`[${section}]`)} ${text}`;
}
