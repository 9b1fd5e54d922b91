import type { Host, Progress, Report } from '../host.js';
import type { Presentation } from '../settings.js';
import { escapeControls } from './escape.js';
import { createStyle, type Style } from './style.js';
import { cutToWidth } from './text-width.js';

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const CLEAR_LINE = '\r\x1b[K';

/** Off a terminal a wait is said once, as a line, and only if it lasts. */
const SAY_AFTER_MS = { terminal: 100, pipe: 1000 };

/**
 * Notes, warnings and progress on stderr. On a terminal what is being waited for turns in the last line,
 * which makes room for everything else that is said.
 */
export function createReport(
  { stderr, clock }: Pick<Host, 'stderr' | 'clock'>,
  { color, verbosity }: Pick<Presentation, 'color' | 'verbosity'>,
): Report {
  const style = createStyle(color.stderr);
  const waits: { message: string }[] = [];
  let frame = 0;
  let drawn = false;
  let timer: NodeJS.Timeout | undefined;

  const write = (text: string) => void stderr.write(text);

  function draw(): void {
    const latest = waits.at(-1);
    if (latest === undefined) return;
    const spinner = FRAMES[frame++ % FRAMES.length] ?? '';
    const text = cutToWidth(latest.message, Math.max(10, (stderr.columns() ?? 80) - 3));
    write(`${CLEAR_LINE}${style.cyan(spinner)} ${text}`);
    drawn = true;
  }

  function erase(): void {
    if (drawn) write(CLEAR_LINE);
    drawn = false;
  }

  /** @param line holds no control characters but those of its style */
  function say(line: string): void {
    const again = drawn;
    erase();
    write(`${line}\n`);
    if (again) draw();
  }

  function progress(message: string): Progress {
    if (verbosity === 'errors') return { update: () => {}, done: () => {} };
    const wait = { message: escapeControls(message) };
    const delayMs = stderr.isTty ? SAY_AFTER_MS.terminal : SAY_AFTER_MS.pipe;
    const begunAt = clock.now().getTime();
    let said = false;
    const start = setInterval(() => {
      // The host's clock decides what is long; the timer only wakes us.
      if (clock.now().getTime() - begunAt < delayMs * 0.9) return;
      clearInterval(start);
      said = true;
      if (stderr.isTty) {
        waits.push(wait);
        draw();
        timer ??= setInterval(draw, 80).unref();
      } else {
        say(`${wait.message} …`);
      }
    }, delayMs).unref();
    return {
      update: (next) => {
        const changed = escapeControls(next) !== wait.message;
        wait.message = escapeControls(next);
        if (said && changed && !stderr.isTty) say(`${wait.message} …`);
      },
      done: () => {
        clearInterval(start);
        const index = waits.indexOf(wait);
        if (index === -1) return;
        waits.splice(index, 1);
        erase();
        if (waits.length > 0) return draw();
        clearInterval(timer);
        timer = undefined;
      },
    };
  }

  const loud = verbosity !== 'errors';
  const wordy = verbosity === 'verbose' || verbosity === 'debug';
  return {
    note: (message) => loud && say(noteText(message, style)),
    warn: (message) => loud && say(`${style.yellow.bold('WARNING:')} ${clean(message)}`),
    instruct: (message) => say(clean(message)),
    verbose: (message) => wordy && say(style.dim(clean(message))),
    debug: (message) => verbosity === 'debug' && say(style.dim(clean(message))),
    progress,
  };
}

/** What is worth knowing, as a line of stderr. */
export function noteText(message: string, style: Style): string {
  return `${style.cyan('note:')} ${clean(message)}`;
}

/** Messages repeat what a service said: a name, a reason. */
function clean(message: string): string {
  return escapeControls(message, 'newlines');
}
