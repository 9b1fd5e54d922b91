import { spawn } from '@lydell/node-pty';
import xterm from '@xterm/headless';
import { temporaryFolder } from '../support/host.js';

export interface Terminal {
  /** What is on the screen and above it, a line each, without blanks at their ends. */
  readonly lines: () => readonly string[];
  /** Resolves once some line holds the text. */
  readonly waitFor: (text: string) => Promise<void>;
  readonly type: (keys: string) => void;
  /** The exit status, and how long the process took to end after the last keys. */
  readonly ended: Promise<{ readonly status: number; readonly afterMs: number }>;
  /** What the program made the terminal do beside showing text. */
  readonly effects: readonly string[];
}

const COLUMNS = 160;

/** Runs a program in a pseudoterminal that is read by a real terminal emulator. */
export async function openTerminal(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Terminal> {
  const home = await temporaryFolder();
  const screen = new xterm.Terminal({
    cols: COLUMNS,
    rows: 50,
    scrollback: 20_000,
    allowProposedApi: true,
  });
  const effects: string[] = [];
  screen.onBell(() => effects.push('bell'));
  screen.onTitleChange((title) => effects.push(`title ${title}`));
  screen.parser.registerOscHandler(52, (data) => {
    effects.push(`clipboard ${data}`);
    return true;
  });
  const child = spawn(command, [...args], {
    name: 'xterm-256color',
    cols: COLUMNS,
    rows: 50,
    cwd: home,
    env: { PATH: process.env.PATH ?? '', HOME: home, TERM: 'xterm-256color', ...env },
  });
  let pending = 0;
  let typedAt = performance.now();
  child.onData((data) => {
    pending += 1;
    screen.write(data, () => {
      pending -= 1;
    });
  });
  const ended = new Promise<{ status: number; afterMs: number }>((resolve) => {
    child.onExit(({ exitCode }) => {
      resolve({ status: exitCode, afterMs: performance.now() - typedAt });
    });
  });
  const lines = () => {
    const { active } = screen.buffer;
    const all = Array.from(
      { length: active.length },
      (_, y) => active.getLine(y)?.translateToString(true) ?? '',
    );
    return all.slice(0, all.findLastIndex((line) => line !== '') + 1);
  };
  return {
    lines,
    ended,
    effects,
    type(keys) {
      typedAt = performance.now();
      child.write(keys);
    },
    async waitFor(text) {
      while (pending > 0 || !lines().some((line) => line.includes(text))) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
  };
}
