import { availableParallelism, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { COLLECTION, CONTAINER, openWorkspace, SERVICE } from './collected-blobs.mjs';
import { ended, peakOf, verdict } from './processes.mjs';

const BYTES = 100;
/** So many blobs Azure tells at the most in one answer. */
const PAGE = 5000;
const MOST_TIME = 2;
const MOST_MEMORY = 1.5;
const NAMES = fileURLToPath(new URL('list-names.mjs', import.meta.url));

/** Blobs of a collection in Azurite, listed in pages; and their names alone, listed with the SDK. */
export async function listing({ bin, folder, files = 20_000 }) {
  const workspace = await openWorkspace({ bin, folder, delayMs: 0 });
  const { proxy, connectionString, launch } = workspace;
  try {
    const sizes = Array.from({ length: files }, () => BYTES);
    await workspace.collect(sizes);
    const variables = await workspace.variables();
    const command = [bin, 'data', 'list', SERVICE, '--connection-string', connectionString];
    const ours = await timed(proxy, () => launch([...command, '-o', 'json'], variables));
    const names = await timed(proxy, () =>
      launch([NAMES, connectionString, CONTAINER, COLLECTION]),
    );
    console.log(`${files} blobs of ${BYTES} bytes\n`);
    for (const [name, { seconds, pages, peakMb }] of Object.entries({ 'data list': ours, names })) {
      console.log(
        `${name.padEnd(10)} ${seconds.toFixed(1).padStart(6)} s  ${pages} pages  peak ${peakMb.toFixed(0)} MB`,
      );
    }
    console.log(`\n${availableParallelism()} cores with a load of ${loadavg()[0].toFixed(1)}\n`);
    const collections = JSON.parse(ours.stdout);
    const found = collections.find(({ collection }) => collection === 'model_inputs');
    verdict('files', files, found?.files, found?.files === files);
    verdict('bytes', files * BYTES, found?.bytes, found?.bytes === files * BYTES);
    const pages = Math.ceil(files / PAGE);
    verdict('pages, at least', pages, ours.pages, ours.pages >= pages);
    const time = ours.seconds / names.seconds;
    const memory = ours.peakMb / names.peakMb;
    verdict('times as long as the names', MOST_TIME, time.toFixed(2), time <= MOST_TIME);
    verdict('times their peak memory', MOST_MEMORY, memory.toFixed(2), memory <= MOST_MEMORY);
  } finally {
    await workspace.close();
  }
}

async function timed(proxy, start) {
  const from = proxy.asked.length;
  const started = performance.now();
  const child = start();
  const peak = peakOf(child);
  const { stdout } = await ended(child);
  const pages = proxy.asked.slice(from).filter(({ url }) => url.includes('comp=list'));
  const seconds = (performance.now() - started) / 1000;
  return { seconds, pages: pages.length, peakMb: peak(), stdout };
}
