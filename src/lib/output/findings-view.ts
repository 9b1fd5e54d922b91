import type { Checked } from '../use-cases/scaffold/check/check-file.js';
import type { Finding, Severity } from '../use-cases/scaffold/check/finding.js';
import { escapeControls } from './escape.js';
import { markedLine } from './marked-line.js';
import type { Style } from './style.js';
import type { TextView } from './view.js';

const SEVERITIES: readonly Severity[] = ['error', 'warning', 'info'];

/** Each finding with its line; what is found again is explained once. */
export function findingsView(findings: readonly Finding[]): TextView<Finding> {
  const key = ({ id, message }: Finding) => `${id} ${message}`;
  const explained = new Set<string>();
  const first = findings.filter((each) => !explained.has(key(each)) && explained.add(key(each)));
  return {
    text(finding, style, { width }) {
      const { id, severity, file, line, column, endColumn, source, message, fix } = finding;
      const place = escapeControls(`${file}:${line}:${column}`);
      const marked = { line, source, start: column - 1, end: endColumn - 1 };
      return [
        `${style.bold(place)}  ${paint(severity, style)}  ${id}`,
        ...markedLine(marked, style, width),
        ...(first.includes(finding)
          ? [message, fix].map((text) => `    ${escapeControls(text)}`)
          : []),
        ...(finding === findings.at(-1) ? [] : ['']),
      ].join('\n');
    },
  };
}

function paint(severity: Severity, style: Style): string {
  if (severity === 'error') return style.red(severity);
  return severity === 'warning' ? style.yellow(severity) : style.cyan(severity);
}

/** `2 errors and 1 warning`; undefined if there is none. */
export function countText(findings: readonly Finding[]): string | undefined {
  const counts = SEVERITIES.flatMap((severity) => {
    const count = findings.filter((each) => each.severity === severity).length;
    const noun = severity === 'info' || count === 1 ? severity : `${severity}s`;
    return count === 0 ? [] : [`${count} ${noun}`];
  });
  return counts.length === 0 ? undefined : new Intl.ListFormat('en-GB').format(counts);
}

/** What a file does log and collect, as far as that can be told. */
export function summaryText({ file, kind, prints, collects }: Checked): string {
  const names = collects.length > 0 ? new Intl.ListFormat('en-GB').format(collects) : 'nothing';
  if (kind === 'v1 deployment') return `"${file}" deploys a v1 web service.`;
  if (kind === 'v2 deployment') return `"${file}" is a v2 deployment; it collects ${names}.`;
  const places = prints === 1 ? '1 place' : `${prints} places`;
  const printing = prints === 0 ? 'prints nothing for a request' : `prints in ${places}`;
  return `"${file}" is a scoring script; it ${printing} and collects ${names}.`;
}
