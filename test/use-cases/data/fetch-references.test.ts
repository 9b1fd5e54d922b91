import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CliError, Interrupted } from '../../../src/lib/errors.js';
import type { DatastorePath } from '../../../src/lib/use-cases/data/datastores.js';
import { localDataOf, readLocalData } from '../../../src/lib/use-cases/data/local-data.js';
import { type ChangingBlobs, changingBlobs } from '../../support/changing-blobs.js';
import { realFiles, temporaryFolder } from '../../support/host.js';

import { AT, bigContent, fetchTo, HERE, names, outcomes, pathsOf, text } from './fetching.js';

describe('references', () => {
  const line = (members: object) => `${JSON.stringify(members)}\n`;

  test('are fetched too, from the account of the data alone, once', async () => {
    const folder = await temporaryFolder();
    const blobs = changingBlobs();
    const payloads = ['raw/a.json', 'raw/b c.json', 'raw/c.json', 'raw/d'];
    for (const name of payloads) blobs.put(name, `[${JSON.stringify(name)}]`);
    const texts = [
      'raw/a.json',
      'https://store.blob.core.windows.net/data/raw/b%20c.json?sig=secret',
      'azureml://subscriptions/s/workspaces/w/datastores/d/paths/raw/c.json',
    ];
    const refused = [
      'https://other.blob.core.windows.net/data/x',
      'file:///etc/passwd',
      'https://store.evil/x',
    ];
    blobs.put(
      `${AT}/host.jsonl`,
      [
        ...[...texts, ...refused].map((dataref) => line({ id: 1, dataref })),
        line({ datainblob: 'true', data: 'https://store.blob.core.windows.net/data/raw/d' }),
        line({ datainblob: 'false', data: 'https://store.blob.core.windows.net/data/raw/e' }),
        '{"dataref": malformed\n',
        line({ data: [{ dataref: 'no reference' }] }),
      ].join(''),
      'append',
    );
    async function* listed() {
      for await (const file of blobs.listed()) if (file.name.startsWith(AT)) yield file;
    }
    const first = await fetchTo(folder, blobs, { listed: listed() });
    expect(first.payloads.counts).toMatchObject({ fetched: 4 });
    expect(pathsOf(first)).toEqual(payloads.map((name) => `references/data/${name}`));
    const local = await readLocalData(folder, realFiles);
    expect(local).toEqual(localDataOf(first));
    expect(local.files.map(({ path }) => path)).toEqual([join(folder, HERE, 'host.jsonl')]);
    const wasReferred = 'https://store.blob.core.windows.net/data/raw/b%20c.json';
    expect(local.references.get(wasReferred)).toBe(join(folder, 'references/data/raw/b c.json'));
    const known = [...first.folder.manifest.references()];
    expect(known.filter(({ to }) => to === null).map((one) => one.text)).toEqual(refused);
    const manifest = await text(folder, '.aml-monitor-data', 'manifest.jsonl');
    expect(manifest).not.toContain('secret');

    const before = blobs.reads.length;
    const second = await fetchTo(folder, blobs, { listed: listed() });
    expect(second.payloads.counts).toMatchObject({ fetched: 0, kept: 4 });
    expect([...second.folder.manifest.references()]).toHaveLength(7);
    expect(blobs.reads.length).toBe(before);

    blobs.put('raw/later.json', '[]');
    blobs.append(`${AT}/host.jsonl`, line({ dataref: 'raw/later.json' }));
    const third = await fetchTo(folder, blobs, { listed: listed() });
    expect(third.payloads.counts).toMatchObject({ fetched: 1, kept: 4 });
    expect(pathsOf(third)).toContain('references/data/raw/later.json');
  });

  test('a path from another root leads to a payload beside the lines, of the same time and name', async () => {
    const folder = await temporaryFolder();
    const blobs = changingBlobs();
    const texts = ['exported/2026/11/22/08/a.json', 'exported/2026/11/22/09/a.json', 'a.json'];
    blobs.put(`${AT}/host.jsonl`, texts.map((dataref) => line({ dataref })).join(''));
    blobs.put(`${AT}/a.json`, '[]');
    blobs.put(`${AT}/a.json.old`, '[]');
    async function* listed() {
      for await (const file of blobs.listed()) if (file.name.endsWith('.jsonl')) yield file;
    }
    const { payloads, folder: place } = await fetchTo(folder, blobs, { listed: listed() });
    expect(payloads.counts).toMatchObject({ fetched: 1, failed: 2 });
    const found = [...place.manifest.references()].map(({ text, to }) => [text, to?.blob.name]);
    expect(found).toEqual([
      [texts[0], `${AT}/a.json`],
      [texts[1], texts[1]],
      [texts[2], texts[2]],
    ]);
  });

  test('two collections that name payloads alike get none of each other', async () => {
    const folder = await temporaryFolder();
    const blobs = changingBlobs();
    const dataref = 'exported/2026/11/22/08/a.json';
    const outputs = AT.replace('inputs', 'outputs');
    blobs.put(`${AT}/host.jsonl`, line({ dataref }));
    blobs.put(`${outputs}/host.jsonl`, line({ dataref }));
    blobs.put(`${AT}/a.json`, '["in"]');
    blobs.put(`${outputs}/a.json`, '["out"]');
    async function* listed() {
      for await (const file of blobs.listed()) if (file.name.endsWith('.jsonl')) yield file;
    }
    const { payloads } = await fetchTo(folder, blobs, { listed: listed() });
    expect(payloads.counts).toMatchObject({ fetched: 0, failed: 1 });
  });

  const onlyLines = async function* (blobs: ChangingBlobs) {
    for await (const file of blobs.listed()) if (file.name.endsWith('.jsonl')) yield file;
  };

  test('a payload that is where its line says is not looked for beside it', async () => {
    const folder = await temporaryFolder();
    const blobs = changingBlobs();
    const dataref = 'exported/2026/11/22/08/a.json';
    blobs.put(`${AT}/host.jsonl`, line({ dataref }));
    blobs.put(dataref, '[]');
    blobs.put(`${AT}/a.json`, '["another"]');
    const fetched = await fetchTo(folder, blobs, { listed: onlyLines(blobs) });
    expect(pathsOf(fetched)).toEqual([`references/data/${dataref}`]);
    expect(blobs.reads.map(({ name }) => name)).not.toContain(`${AT}/a.json`);
  });

  test('a payload that is not there, nor beside its line, is looked for in both places each time', async () => {
    const folder = await temporaryFolder();
    const blobs = changingBlobs();
    blobs.put(`${AT}/host.jsonl`, line({ dataref: 'exported/2026/11/22/08/a.json' }));
    const first = await fetchTo(folder, blobs, { listed: onlyLines(blobs) });
    expect(first.payloads.counts).toMatchObject({ fetched: 0, failed: 1 });
    blobs.put(`${AT}/a.json`, '[]');
    const second = await fetchTo(folder, blobs, { listed: onlyLines(blobs) });
    expect(second.payloads.counts).toMatchObject({ fetched: 1, failed: 0 });
    const before = blobs.reads.length;
    const third = await fetchTo(folder, blobs, { listed: onlyLines(blobs) });
    expect(third.payloads.counts).toMatchObject({ kept: 1, failed: 0 });
    expect(blobs.reads).toHaveLength(before);
  });

  test('a payload is looked for beside its line in a folder that did not note the line', async () => {
    const folder = await temporaryFolder();
    const blobs = changingBlobs();
    blobs.put(`${AT}/host.jsonl`, line({ dataref: 'exported/2026/11/22/08/a.json' }));
    await fetchTo(folder, blobs, { listed: onlyLines(blobs) });
    const manifest = join(folder, '.aml-monitor-data', 'manifest.jsonl');
    await writeFile(manifest, (await readFile(manifest, 'utf8')).replaceAll(/,"lines":\d+/g, ''));
    blobs.put(`${AT}/a.json`, '[]');
    const { payloads } = await fetchTo(folder, blobs, { listed: onlyLines(blobs) });
    expect(payloads.counts).toMatchObject({ fetched: 1, failed: 0 });
  });

  test('a line of another time leaves a payload beside the lines of its own', async () => {
    const folder = await temporaryFolder();
    const blobs = changingBlobs();
    const dataref = 'exported/2026/11/22/08/a.json';
    const later = AT.replace(/08$/, '09');
    blobs.put(`${later}/host.jsonl`, line({ dataref }));
    blobs.put(`${AT}/host.jsonl`, line({ dataref }));
    blobs.put(`${AT}/a.json`, '[]');
    blobs.put(`${AT.replace(/08$/, '10')}/host.jsonl`, line({ dataref }));
    const { payloads } = await fetchTo(folder, blobs, { listed: onlyLines(blobs) });
    expect(payloads.counts).toMatchObject({ fetched: 1, failed: 0 });
  });

  test('payloads are looked for side by side, and where one cannot be that one fails alone', async () => {
    const folder = await temporaryFolder();
    const ill = `${AT}/a7.json`;
    const blobs = changingBlobs(({ name }) => {
      if (name === ill) throw new CliError('service', 'Busy.', { status: 503 });
    });
    const others = Array.from({ length: 40 }, (_, index) => index);
    const texts = others.map((index) => `exported/2026/11/22/08/a${index}.json`);
    blobs.put(`${AT}/host.jsonl`, texts.map((dataref) => line({ dataref })).join(''));
    for (const index of others) blobs.put(`${AT}/a${index}.json`, '[]');
    const list = () => {
      throw new CliError('service', 'No lists.', { status: 503 });
    };
    const listed = onlyLines(blobs);
    const { files, payloads } = await fetchTo(folder, { ...blobs, list }, { listed });
    expect(files.counts).toMatchObject({ fetched: 1, failed: 0 });
    expect(payloads.counts).toMatchObject({ fetched: 39, failed: 1 });
    expect(payloads.failures).toMatchObject([{ name: ill, kind: 'service' }]);
    expect(blobs.mostAtOnce()).toBeGreaterThan(4);
  });

  test.each([
    ['as it was', 7],
    ['another', 11],
  ])(
    'a large payload that was interrupted goes on where it was, if it is as it was: %s',
    async (_, seed) => {
      const folder = await temporaryFolder();
      const controller = new AbortController();
      const blobs = changingBlobs(({ from = 0 }) => {
        if (from > 8_000_000) controller.abort(new Interrupted(130));
      });
      blobs.put(`${AT}/host.jsonl`, line({ dataref: 'raw/big.json' }));
      blobs.put('raw/big.json', bigContent());
      const { signal } = controller;
      const parallel = 1;
      const first = fetchTo(folder, blobs, { listed: onlyLines(blobs), signal, parallel });
      await expect(first).rejects.toThrow(Interrupted);

      if (seed !== 7) blobs.put('raw/big.json', bigContent(seed));
      const before = blobs.reads.length;
      const again = await fetchTo(folder, blobs, { listed: onlyLines(blobs) });
      const begun = blobs.reads.slice(before).filter(({ from }) => from === 0);
      expect(begun).toHaveLength(seed === 7 ? 0 : 1);
      const came = await readFile(join(folder, ...pathsOf(again)));
      expect(Buffer.compare(came, bigContent(seed))).toBe(0);
    },
  );

  test('one whose payload is gone fails alone', async () => {
    const folder = await temporaryFolder();
    const blobs = changingBlobs();
    blobs.put(`${AT}/host.jsonl`, line({ dataref: 'raw/gone.json' }));
    const { files, payloads } = await fetchTo(folder, blobs);
    expect(files.counts).toMatchObject({ fetched: 1, failed: 0 });
    expect(payloads.failures).toMatchObject([{ name: 'raw/gone.json', kind: 'not-found' }]);
    expect(await names(join(folder, '.aml-monitor-data', 'parts'))).toEqual([]);
  });

  test('one that the caller may not read fails alone', async () => {
    const folder = await temporaryFolder();
    const blobs = changingBlobs(({ name }) => {
      if (name === 'secret') throw new CliError('auth', 'You may not read it.', { status: 403 });
    });
    blobs.put(
      `${AT}/host.jsonl`,
      line({ dataref: 'https://store.blob.core.windows.net/other/secret' }) +
        line({ dataref: 'mine' }),
    );
    blobs.put('mine', '[]');
    async function* listed() {
      for await (const file of blobs.listed()) if (file.name.startsWith(AT)) yield file;
    }
    const fetched = await fetchTo(folder, blobs, { listed: listed() });
    expect(pathsOf(fetched)).toEqual(['references/data/mine']);
    expect(fetched.payloads.failures).toMatchObject([{ name: 'secret', kind: 'auth' }]);
  });

  test('a datastore is asked for once, and one that may not be looked at fails what refers to it', async () => {
    const folder = await temporaryFolder();
    const blobs = changingBlobs();
    const refer = (store: string) =>
      line({ dataref: `azureml://datastores/${store}/paths/a.json` }) +
      line({ dataref: `azureml://datastores/${store}/paths/b.json` });
    blobs.put(`${AT}/open.jsonl`, refer('open'));
    blobs.put(`${AT}/closed.jsonl`, refer('closed'));
    blobs.put('a.json', '[]');
    blobs.put('b.json', '[]');
    async function* listed() {
      for await (const file of blobs.listed()) if (file.name.startsWith(AT)) yield file;
    }
    const asked: string[] = [];
    let isClosed = true;
    const getDatastore = async ({ datastore: name }: DatastorePath) => {
      asked.push(name);
      if (name === 'closed' && isClosed) throw new CliError('auth', 'You may not read it.');
      return { accountName: 'store', containerName: 'data' };
    };
    const first = await fetchTo(folder, blobs, { listed: listed(), getDatastore });
    expect(asked.sort()).toEqual(['closed', 'open']);
    expect(first.files.counts).toMatchObject({ fetched: 1, failed: 1 });
    expect(first.files.failures).toMatchObject([{ name: `${AT}/closed.jsonl`, kind: 'auth' }]);
    isClosed = false;
    const second = await fetchTo(folder, blobs, { listed: listed(), getDatastore });
    expect(outcomes(second)).toEqual(['kept', 'kept']);
    expect([...second.folder.manifest.references()].filter(({ to }) => to === null)).toEqual([]);
  });

  test('a signature in one without a scheme is kept nowhere, and a host is a host', async () => {
    const folder = await temporaryFolder();
    const blobs = changingBlobs();
    const texts = [
      '/raw/a.json?sv=1&sig=canary',
      'raw/b.json?sig=canary',
      '//store.blob.core.windows.net/data/raw/c.json?sv=1&sig=canary',
      '//elsewhere.example/raw/d.json?sig=canary',
      'raw/e.json%3Fsv=1%26sig%3Dcanary',
      'raw/design?design=1',
    ];
    blobs.put(`${AT}/host.jsonl`, texts.map((dataref) => line({ dataref })).join(''));
    for (const name of ['a.json', 'b.json', 'c.json', 'design?design=1'])
      blobs.put(`raw/${name}`, '[]');
    async function* listed() {
      for await (const file of blobs.listed()) if (file.name.startsWith(AT)) yield file;
    }
    const fetched = await fetchTo(folder, blobs, { listed: listed() });
    const { payloads } = fetched;
    expect(pathsOf(fetched)).toEqual(
      ['a.json', 'b.json', 'c.json', 'design%3Fdesign=1'].map(
        (name) => `references/data/raw/${name}`,
      ),
    );
    expect(payloads.failures.map(({ name }) => name)).toEqual(['raw/e.json']);
    const elsewhere = [...fetched.folder.manifest.references()].filter(({ to }) => to === null);
    expect(elsewhere.map((one) => one.text)).toEqual(['//elsewhere.example/raw/d.json']);
    expect(await text(folder, '.aml-monitor-data', 'manifest.jsonl')).not.toContain('canary');
    expect(JSON.stringify(payloads.failures)).not.toContain('canary');
  });

  test('a collected file that a line refers to before it is listed is collected all the same', async () => {
    const folder = await temporaryFolder();
    const blobs = changingBlobs();
    blobs.put(`${AT}/first.jsonl`, line({ dataref: `${AT}/second.jsonl` }));
    blobs.put(`${AT}/second.jsonl`, line({ dataref: 'raw/third.json' }));
    blobs.put('raw/third.json', '[]');
    const listing = async function* (name: string) {
      for await (const file of blobs.listed()) if (file.name === `${AT}/${name}.jsonl`) yield file;
    };
    await fetchTo(folder, blobs, { listed: listing('first') });
    const fetched = await fetchTo(folder, blobs, { listed: listing('second') });
    expect(pathsOf(fetched)).toEqual(['references/data/raw/third.json']);
    const { files } = await readLocalData(folder, realFiles);
    expect(files.map(({ name }) => name).sort()).toEqual([
      `${AT}/first.jsonl`,
      `${AT}/second.jsonl`,
    ]);
  });
});
