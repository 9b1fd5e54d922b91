import { once } from 'node:events';
import { readdir, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createProcessHost } from '../src/lib/process-host.js';
import { openBuiltCli } from './support/built-cli.js';
import { temporaryFolder } from './support/host.js';

const { files, clock } = createProcessHost(process);

test('a file is written whole, for those who may read it, and leaves nothing else behind', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'private', 'token');
  expect(await files.read(path)).toBeUndefined();
  await files.write(path, 'first', 0o600);
  await files.write(path, 'second', 0o600);
  expect(await files.read(path)).toBe('second');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await stat(join(folder, 'private'))).mode & 0o777).toBe(0o700);
  expect(await readdir(join(folder, 'private'))).toEqual(['token']);
});

test('a write that fails takes its temporary file away again', async () => {
  const folder = await temporaryFolder();
  await files.write(join(folder, 'taken', 'inside'), '');
  await expect(files.write(join(folder, 'taken'), 'x')).rejects.toMatchObject({
    kind: 'usage',
    message: expect.stringMatching(/^The file ".*taken" cannot be written: .*directory/),
  });
  expect(await readdir(folder)).toEqual(['taken']);
});

test('what is not there is undefined; what cannot be read is a usage error', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'file');
  await writeFile(path, '');
  expect(await files.kind(path)).toBe('file');
  expect(await files.kind(folder)).toBe('folder');
  expect(await files.kind(join(path, 'below'))).toBeUndefined();
  await expect(files.read(folder)).rejects.toMatchObject({
    kind: 'usage',
    message: `The file "${folder}" cannot be read: illegal operation on a directory.`,
    facts: { code: 'EISDIR' },
  });
});

test('a pause ends with the signal, by its reason', async () => {
  const stop = new AbortController();
  const reason = new Error('stopped');
  setTimeout(() => stop.abort(reason), 5);
  await expect(clock.sleep(60_000, stop.signal)).rejects.toBe(reason);
  await expect(clock.sleep(1, stop.signal)).rejects.toBe(reason);
  await clock.sleep(1);
});

test('variables that make libraries talk are not heard', async () => {
  const cli = openBuiltCli();
  const env = { AZURE_LOG_LEVEL: 'verbose', DEBUG: '*', TYPESPEC_RUNTIME_LOG_LEVEL: 'verbose' };
  const run = await cli.run(['whoami', '--local'], { env });
  cli.remove();
  expect(run).toMatchObject({ status: 0, stderr: '' });
});

test('with --local, storage outside of it is reached by the proxy that the environment names', async () => {
  const asked: string[] = [];
  const proxy = createServer().on('connect', ({ url = '' }, socket) => {
    asked.push(url);
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });
  await once(proxy.listen(0, '127.0.0.1'), 'listening');
  const address = proxy.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const cli = openBuiltCli();
  const storage = 'BlobEndpoint=https://store.invalid;SharedAccessSignature=sv=1&sig=x';
  const run = await cli.run(['data', 'list', 'fraud', '--local', '--connection-string', storage], {
    env: { HTTPS_PROXY: `http://127.0.0.1:${port}` },
  });
  cli.remove();
  proxy.close();
  expect(run.stderr).toContain(
    `store.invalid through the proxy 127.0.0.1:${port} was refused (403)`,
  );
  expect(asked).toEqual(['store.invalid:443']);
});
