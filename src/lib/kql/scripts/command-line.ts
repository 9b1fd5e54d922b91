import { type Script, script } from './script.js';

/**
 * Splits as Windows does: quotes keep blanks, a backslash counts only in front of a quote, two quotes inside
 * quotes are one.
 *
 * Known from: documented, "Parsing C++ command-line arguments" of Microsoft's C runtime.
 */
function parseWindows(line: string): string | null {
  const args: string[] = [];
  for (let at = 0; at < line.length; ) {
    if (/\s/.test(line.charAt(at))) {
      at++;
      continue;
    }
    let arg = '';
    let isQuoted = false;
    for (; at < line.length && (isQuoted || !/\s/.test(line.charAt(at))); at++) {
      const slashes = /^\\*/.exec(line.slice(at))?.[0].length ?? 0;
      if (line.charAt(at + slashes) === '"') {
        arg += '\\'.repeat(slashes >> 1);
        at += slashes;
        if (slashes % 2 === 1) arg += '"';
        else if (isQuoted && line.charAt(at + 1) === '"') {
          arg += '"';
          at++;
        } else isQuoted = !isQuoted;
      } else if (slashes > 0) {
        arg += '\\'.repeat(slashes);
        at += slashes - 1;
      } else arg += line.charAt(at);
    }
    args.push(arg);
  }
  return args.length > 0 ? JSON.stringify(args) : null;
}

export const COMMAND_LINES: Readonly<Record<string, Script>> = {
  parse_command_line: script(['string'], 'dynamic', parseWindows),
};
