// Runs the commands that the pages under docs/ show, and writes their real output under them.
// `npm run samples` does all pages, `npm run samples -- list query` some.
//
// A page shows a run in a block that starts with ```console. Each line that starts with `$ ` is run
// by sh; what follows it is replaced. Every page has a fresh local cloud; a comment at its top,
// <!-- first: aml-monitor local score my-service -->, prepares it.

import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const pages = ['docs', 'docs/commands'].flatMap((folder) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(root, folder, name)),
);
const wanted = process.argv.slice(2).map((name) => `/${name}.md`);

for (const page of pages) {
  if (wanted.length > 0 && !wanted.some((end) => page.endsWith(end))) continue;
  const text = readFileSync(page, 'utf8');
  if (!text.includes('```console')) continue;
  writeFileSync(
    page,
    withFreshCloud((sh) => rewrite(text, sh)),
  );
  console.log(page.slice(root.length));
}

function rewrite(text, sh) {
  for (const [, line] of text.matchAll(/<!-- first: (.*?) -->/g)) sh(line);
  return text.replaceAll(/^```console\n([\s\S]*?)^```$/gm, (_, block) => {
    const lines = block.split('\n').filter((line) => line.startsWith('$ '));
    return `\`\`\`console\n${lines.map((line) => `${line}\n${sh(line.slice(2))}`).join('\n')}\`\`\``;
  });
}

/** Gives `use` a function that runs a line of sh, with `aml-monitor` on its path, and answers all it wrote. */
function withFreshCloud(use) {
  const folder = mkdtempSync(join(tmpdir(), 'aml-monitor-samples-'));
  const own = join(folder, 'aml-monitor');
  writeFileSync(
    own,
    `#!/bin/sh\nexec "${process.execPath}" "${join(root, 'bin/aml-monitor.cjs')}" "$@"\n`,
  );
  chmodSync(own, 0o755);
  const env = {
    PATH: `${folder}:${process.env.PATH}`,
    HOME: join(folder, 'home'),
    AML_MONITOR_LOCAL_DIR: join(folder, 'cloud'),
  };
  try {
    return use((line) => {
      const { stdout } = spawnSync('sh', ['-c', `{ ${line}\n} 2>&1`], {
        env,
        cwd: folder,
        encoding: 'utf8',
      });
      if (/^ {4}at /m.test(stdout)) throw new Error(`${line}\n${stdout}`);
      // What it waits for is said only when it is slow.
      const lines = stdout.split('\n').filter((text) => !/^[A-Z].* …$/.test(text));
      return lines.map((text) => text.replaceAll(folder, '~').trimEnd()).join('\n');
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
