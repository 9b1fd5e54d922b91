import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const SRC = fileURLToPath(new URL('../src', import.meta.url));

/** Which layers a layer may import: a folder of src/lib is one, and each file beside them. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  base: [], // settings and what it reads too; plus, in host.ts, `import type` of azure, engine, datasets and emulator
  model: ['base'], // of base, errors.ts only
  kql: ['base', 'model'], // of base, errors.ts only: no file, clock or network
  python: [],
  duckdb: ['base', 'model'],
  engine: ['base', 'model', 'kql', 'duckdb'],
  datasets: ['base', 'model', 'duckdb'],
  azure: ['base', 'model'],
  emulator: ['base', 'engine'], // plus `import type` of model/table
  'use-cases': ['base', 'model', 'kql', 'python'], // plus `import type` of azure, engine and datasets
  output: ['base', 'model'], // plus `import type` of use-cases
  commands: ['base', 'model', 'use-cases', 'output'],
  root: ['base', 'azure', 'engine', 'datasets', 'emulator'], // all but base by `await import()`
};

const TYPES_TOO: Readonly<Record<string, readonly string[]>> = {
  base: ['azure', 'engine', 'datasets', 'emulator', 'model'],
  emulator: ['model'],
  'use-cases': ['azure', 'engine', 'datasets'],
  output: ['use-cases'],
  root: ['azure', 'engine', 'datasets', 'emulator'],
};

interface Import {
  readonly from: string;
  readonly to: string;
  readonly kind: 'value' | 'type' | 'dynamic';
}

function layerOf(file: string): string {
  const [top, second, third] = relative(SRC, file).split(sep);
  if (top === 'commands') return 'commands';
  if (third !== undefined) return second === 'settings' ? 'base' : (second ?? '');
  return second === 'process-host.ts' ? 'root' : 'base';
}

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))
  .map((path) => join(SRC, path));

function importsOf(file: string): readonly Import[] {
  const text = readFileSync(file, 'utf8');
  const target = (specifier: string) =>
    specifier.startsWith('.') ? join(dirname(file), specifier).replace(/\.js$/, '.ts') : specifier;
  const fixed = [
    ...text.matchAll(/^(?:import|export)\s+(type\s)?(?:[^;'"]*?\sfrom\s+)?'([^']+)'/gm),
  ].map(([, isType, specifier = '']): Import => {
    return { from: file, to: target(specifier), kind: isType ? 'type' : 'value' };
  });
  const dynamic = [...text.matchAll(/\bimport\('([^']+)'\)/g)].map(
    ([, specifier = '']): Import => ({ from: file, to: target(specifier), kind: 'dynamic' }),
  );
  return [...fixed, ...dynamic];
}

const imports = files.flatMap(importsOf);
const within = imports.filter(({ to }) => to.startsWith(SRC));
const shown = ({ from, to, kind }: Import) =>
  `${relative(SRC, from)} imports ${kind === 'type' ? 'types of ' : ''}${relative(SRC, to)}`;

test('every file belongs to a layer', () => {
  const unknown = files.filter((file) => MAY_IMPORT[layerOf(file)] === undefined);
  expect(unknown.map((file) => relative(SRC, file))).toEqual([]);
});

test('a layer imports only the layers that it may', () => {
  const wrong = within.filter(({ from, to, kind }) => {
    const [own, other] = [layerOf(from), layerOf(to)];
    if (own === other || MAY_IMPORT[own]?.includes(other)) return false;
    return kind !== 'type' || !TYPES_TOO[own]?.includes(other);
  });
  expect(wrong.map(shown)).toEqual([]);
});

test('of base, model and kql know the errors alone', () => {
  const wrong = within.filter(
    ({ from, to }) =>
      ['model', 'kql'].includes(layerOf(from)) &&
      layerOf(to) === 'base' &&
      !to.endsWith(`${sep}errors.ts`),
  );
  expect(wrong.map(shown)).toEqual([]);
});

test('only host.ts of base knows the layers above, by their types', () => {
  const wrong = within.filter(
    ({ from, to }) =>
      layerOf(from) === 'base' && layerOf(to) !== 'base' && !from.endsWith(`${sep}host.ts`),
  );
  expect(wrong.map(shown)).toEqual([]);
});

test('of the model, the emulator knows the shape of a table alone', () => {
  const wrong = within.filter(
    ({ from, to }) =>
      layerOf(from) === 'emulator' && layerOf(to) === 'model' && !to.endsWith(`${sep}table.ts`),
  );
  expect(wrong.map(shown)).toEqual([]);
});

test('the root loads what is heavy only when it is needed', () => {
  const wrong = within.filter(
    ({ from, to, kind }) => layerOf(from) === 'root' && layerOf(to) !== 'base' && kind === 'value',
  );
  expect(wrong.map(shown)).toEqual([]);
});

test('kql, python and model are pure: no file, clock or network', () => {
  const wrong = imports.filter(
    ({ from, to }) => ['model', 'kql', 'python'].includes(layerOf(from)) && to.startsWith('node:'),
  );
  expect(wrong.map(({ from, to }) => `${relative(SRC, from)} imports ${to}`)).toEqual([]);
});

test('only the root knows the process', () => {
  const wrong = files.filter(
    (file) =>
      layerOf(file) !== 'root' &&
      /(?<![\w.'"`/-])process\.(?:env|argv|exit|exitCode|std(?:in|out|err)|cwd|platform|on)\b/.test(
        readFileSync(file, 'utf8'),
      ),
  );
  expect(wrong.map((file) => relative(SRC, file))).toEqual([]);
});
