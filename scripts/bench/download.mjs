import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { COLLECTION, CONTAINER, hashOf, openWorkspace, SERVICE } from './collected-blobs.mjs';
import { ended, peakOf, verdict } from './processes.mjs';

const DELAY_MS = 30;
const LEAST_RATIO = 6;
const RSS_BUDGET_MB = 250;
const KILLS = 3;
const PARALLEL = 16;
const BIG_FILES = 2;
const BIG_BYTES = 24_000_000;
/** As the tool fetches them. */
const RANGE_BYTES = 8_000_000;
const SEQUENTIAL = fileURLToPath(new URL('download-sequential.mjs', import.meta.url));

/**
 * A download from Azurite with 30 ms before each answer, and the same blobs one after another with the SDK; then a
 * download that is killed and begun again, and what it asked for twice.
 */
export async function downloading({ bin, folder, files = 3000 }) {
  const workspace = await openWorkspace({ bin, folder, delayMs: DELAY_MS });
  const { proxy, connectionString, launch } = workspace;
  const download = (to) => [
    ...[bin, 'data', 'download', SERVICE, to, '--collection', 'model_inputs'],
    ...['--parallel', String(PARALLEL), '--connection-string', connectionString],
  ];
  try {
    const big = Array.from({ length: BIG_FILES }, () => BIG_BYTES);
    const small = Array.from({ length: files }, (_, index) => 1000 + ((index * 37) % 3000));
    const blobs = await workspace.collect([...big, ...small]);
    const total = [...blobs.values()].reduce((sum, { bytes }) => sum + bytes, 0);
    console.log(
      `${files} files of 1 to 4 kB, ${BIG_FILES} of ${BIG_BYTES / 1e6} MB; ` +
        `${DELAY_MS} ms before each answer; ${PARALLEL} requests at a time\n`,
    );
    const variables = await workspace.variables();
    const ours = await timed(proxy, () => launch(download('out'), variables));
    const loop = await timed(proxy, () =>
      launch([SEQUENTIAL, connectionString, CONTAINER, COLLECTION, 'loop']),
    );
    for (const [name, { seconds, rate, peakMb }] of Object.entries({ download: ours, loop })) {
      console.log(
        `${name.padEnd(10)} ${seconds.toFixed(1).padStart(6)} s  ${rate.toFixed(0).padStart(4)} files/s  peak ${peakMb.toFixed(0)} MB`,
      );
    }
    const load = loadavg().map((one) => one.toFixed(1));
    console.log(
      `\n${availableParallelism()} cores with a load of ${load[0]}, ${load[1]} over 5 minutes\n`,
    );
    const ratio = ours.rate / loop.rate;
    verdict('times as fast as the loop', LEAST_RATIO, ratio.toFixed(1), ratio >= LEAST_RATIO);
    verdict('peak memory, MB', RSS_BUDGET_MB, ours.peakMb.toFixed(0), ours.peakMb <= RSS_BUDGET_MB);
    verdictOn(join(folder, 'out'), blobs);

    console.log();
    await killedAndResumed({
      folder,
      proxy,
      blobs,
      total,
      start: () => launch(download('killed'), variables),
    });
  } finally {
    await workspace.close();
  }
}

async function killedAndResumed({ folder, proxy, blobs, total, start }) {
  const out = join(folder, 'killed');
  let again = 0;
  let rangesAgain = 0;
  let bytes = 0;
  for (let kill = 0; kill <= KILLS; kill++) {
    const before = here(out);
    const ranges = rangesHere(out);
    const from = proxy.asked.length;
    const child = start();
    if (kill < KILLS) {
      const until = from + (0.5 + Math.random()) * (blobs.size / (KILLS + 1));
      killAfter(() => proxy.asked.length > until, child);
    }
    const { status, stderr } = await ended(child, { mayFail: true });
    const reads = proxy.asked.slice(from).filter(isRead);
    bytes += reads.reduce((sum, one) => sum + one.bytes, 0);
    again += reads.filter(({ url }) => before.has(nameIn(url))).length;
    rangesAgain += reads.filter(({ url, range }) => ranges.has(`${nameIn(url)} ${range}`)).length;
    const how = status === null ? 'killed' : `ended with ${status}`;
    console.log(
      `${how.padEnd(14)} ${here(out).size} of ${blobs.size} files here, ${reads.length} requests for blobs`,
    );
    if (kill === KILLS && status !== 0) console.log(stderr);
  }
  console.log();
  const most = total + KILLS * PARALLEL * RANGE_BYTES;
  verdict('complete files asked for again', 0, again, again === 0);
  verdict('complete ranges asked for again', 0, rangesAgain, rangesAgain === 0);
  verdict(
    'MB that came, at most',
    (most / 1e6).toFixed(0),
    (bytes / 1e6).toFixed(0),
    bytes <= most,
  );
  verdictOn(out, blobs);
}

/** The rate is that from the first request for a blob to the last answer: neither start nor sign-in count. */
async function timed(proxy, start) {
  const from = proxy.asked.length;
  const started = performance.now();
  const child = start();
  const peak = peakOf(child);
  await ended(child);
  const seconds = (performance.now() - started) / 1000;
  const reads = proxy.asked.slice(from).filter(isRead);
  const first = Math.min(...reads.map(({ begunMs }) => begunMs));
  const last = Math.max(...reads.map(({ endedMs }) => endedMs));
  const files = new Set(reads.map(({ url }) => nameIn(url))).size;
  return { seconds, rate: (files * 1000) / (last - first), peakMb: peak() };
}

function killAfter(isTime, child) {
  const timer = setInterval(() => {
    if (isTime()) child.kill('SIGKILL');
  }, 10);
  child.once('exit', () => clearInterval(timer));
}

function isRead({ method, url }) {
  return method === 'GET' && !url.includes('comp=list') && nameIn(url) !== undefined;
}

/** The name of the blob below the collection. */
function nameIn(url) {
  return decodeURIComponent(url.split('?')[0]).split(COLLECTION)[1];
}

/** Files that have their names, by those of their blobs. */
function here(out) {
  const folder = join(out, 'blue/model_inputs');
  if (!existsSync(folder)) return new Set();
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return new Set(paths.filter((path) => statSync(join(folder, path)).isFile()));
}

/** Ranges that the manifest calls complete, as `NAME bytes=FROM-TO`. */
function rangesHere(out) {
  const manifest = join(out, '.aml-monitor-data/manifest.jsonl');
  if (!existsSync(manifest)) return new Set();
  const names = new Map();
  const found = new Set();
  for (const line of readFileSync(manifest, 'utf8').split('\n').slice(0, -1)) {
    const entry = JSON.parse(line);
    if (entry.kind === 'blob') names.set(entry.id, entry.blob.name.slice(COLLECTION.length));
    const ranges =
      entry.kind === 'range' ? [entry.range] : entry.kind === 'part' ? entry.ranges : [];
    for (const [from, to] of ranges) found.add(`${names.get(entry.id)} bytes=${from}-${to - 1}`);
  }
  return found;
}

function verdictOn(out, blobs) {
  const folder = join(out, 'blue/model_inputs');
  const right = [...blobs].filter(([name, { hash }]) => {
    const path = join(folder, name);
    return existsSync(path) && hashOf(readFileSync(path)) === hash;
  });
  verdict('files that are right', blobs.size, right.length, right.length === blobs.size);
}
