import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CliError } from '../../../src/lib/errors.js';
import {
  checkFile,
  readDeployed,
  readEnvironment,
} from '../../../src/lib/use-cases/scaffold/check/check-file.js';
import { FINDINGS } from '../../../src/lib/use-cases/scaffold/check/finding.js';
import { SCAFFOLDS, scaffoldFile } from '../../../src/lib/use-cases/scaffold/scaffold-file.js';
import { aks, blue, cases, collects, INPUTS, v1, v2 } from './check-examples.js';

describe('each finding', () => {
  test.each(cases)('$id is found where it is, and only there', async ({ id, ...example }) => {
    const { file = 'score.py', bad, good, at, ...surroundings } = example;
    const { findings } = await checkFile(file, bad, surroundings);
    const found = findings.find((each) => each.id === id);
    expect(found, JSON.stringify(findings.map((each) => each.id))).toBeDefined();
    expect(found?.severity).toBe(Object.entries(FINDINGS).find(([name]) => name === id)?.[1]);
    if (found && at !== undefined) {
      expect(found.source.slice(found.column - 1, found.endColumn - 1)).toBe(at);
    }
    if (good === '') return;
    const ids = (await checkFile(file, good, surroundings)).findings.map((each) => each.id);
    expect(ids).not.toContain(id);
  });

  test('the page of the command has every finding, with its severity', () => {
    const page = readFileSync(
      new URL('../../../docs/commands/scaffold.md', import.meta.url),
      'utf8',
    );
    const rows = [...page.matchAll(/^\| `([a-z-]+)` \| (error|warning|info) \|/gm)];
    expect(rows.map(([, id, severity]) => [id, severity])).toEqual(Object.entries(FINDINGS));
  });

  test('a script without flaws has none', async () => {
    for (const text of [v2(), v1()]) {
      expect((await checkFile('score.py', text, {})).findings).toEqual([]);
    }
    const {
      findings,
      prints,
      collects: names,
    } = await checkFile('score.py', v2(), {
      deployed: blue,
    });
    expect({ findings, prints, names }).toEqual({
      findings: [],
      prints: 1,
      names: ['model_inputs'],
    });
  });
});

test('what only Python 2 reads is called that, and no other finding comes of it', async () => {
  const text = v2({ collect: 'print json.dumps(data)' }).replace(/ {4}print\(.*\n/, '');
  const { findings } = await checkFile('score.py', text, {});
  expect(findings.find(({ id }) => id === 'unreadable')?.message).toContain('This is Python 2');
  expect(findings.map(({ id }) => id)).not.toContain('no-print');
});

test('a collector of a module that is gone is a collector all the same', async () => {
  const text = v2().replace('from azureml.ai.monitoring', 'from azure.ai.monitoring');
  const { findings } = await checkFile('score.py', text, {});
  expect(findings.map(({ id }) => id)).toEqual(['collector-module']);
});

describe('when something is printed', () => {
  test.each([
    ['a lambda', 'register(lambda error: print(error))', ''],
    ['a function that is handed over', 'register(failed)', 'def failed(error):\n    print(error)'],
    ['a function that is named', 'on_error = failed', 'def failed(error):\n    print(error)'],
    ['a function inside', 'def failed(error): print(error)', ''],
    ['a lambda of the module', 'pass', 'failed = lambda error: print(error)'],
  ])('%s does not run when a worker starts', async (_, init, more) => {
    const { findings } = await checkFile('score.py', v2({ init, more }), {});
    expect(findings.map(({ id }) => id)).not.toContain('print-outside-run');
  });

  test.each([
    ['a function', 'load()', 'def load():\n    print(1)'],
    ['a function of a function', 'a()', 'def a(): b()\ndef b(): print(1)'],
    ['a method', 'Model().load()', 'class Model:\n    def load(self):\n        print(1)'],
  ])('%s that init() calls does', async (_, init, more) => {
    const { findings } = await checkFile('score.py', v2({ init, more }), {});
    expect(findings.map(({ id }) => id)).toContain('print-outside-run');
  });
});

/** Each took minutes or ages when it was followed by every way that leads to it: the test would not end in time. */
describe('what leads to a value by many ways', () => {
  const lines = (count: number, line: (index: number) => string) =>
    Array.from({ length: count }, (_, index) => line(index)).join('\n    ');

  test.each([
    [
      'names assigned more than once',
      lines(30, (i) => `a${i + 1} = a${i}["x"]\n    a${i + 1} = a${i}["y"]`),
      'a30',
    ],
    ['sums', lines(30, (i) => `a${i + 1} = a${i} + a${i}`), 'a30'],
    ['loops of names', lines(12, (i) => lines(12, (j) => `a${i} = a${j}["x"]`)), 'a0'],
  ])('%s are followed once', async (_, text, last) => {
    const collect = `a0 = data\n    ${text}\n    print(${last})\n    inputs_collector.collect(${last})`;
    expect(await checkFile('score.py', v2({ collect }), {})).toMatchObject({ file: 'score.py' });
  });

  test('so are attributes that may be loggers', async () => {
    const collect = lines(3_000, (i) => `self.log.info(${i})`);
    expect(await checkFile('score.py', v2({ collect }), {})).toMatchObject({ file: 'score.py' });
  });
});

describe('what is generated', () => {
  const plans = fc.record({
    generation: fc.constantFrom('v1' as const, 'v2' as const),
    isKubernetes: fc.boolean(),
    service: fc.string({ minLength: 1 }),
    deployment: fc.string({ minLength: 1 }),
    modelName: fc.string({ minLength: 1 }),
    samplingRate: fc.double({ min: 0.01, max: 1, noNaN: true }),
    featureNames: fc.option(fc.array(fc.string({ minLength: 1 }), { minLength: 1 }), {
      nil: undefined,
    }),
    names: fc.uniqueArray(
      fc.oneof(
        fc.constantFrom('request', 'model_inputs', 'model_outputs', 'model_inputs_outputs'),
        fc.string({ unit: 'binary', minLength: 1 }).filter((name) => name !== '<<'),
      ),
      { minLength: 1, maxLength: 5 },
    ),
    v1Names: fc.subarray(['inputs', 'predictions'], { minLength: 1 }),
  });

  test('a name with a line end stays a key', async () => {
    const collections = [{ name: '\n!', enabled: true }];
    const plan = {
      ...{ generation: 'v2' as const, isKubernetes: false, service: 's', deployment: 'd' },
      ...{ modelName: 'm', samplingRate: 1, featureNames: undefined, collections },
    };
    const { content, name } = await scaffoldFile('deployment.yml', plan);
    expect(await readDeployed(name, content)).toMatchObject({ collections });
  });

  test('passes the check, and its two files agree, whatever the names', async () => {
    await fc.assert(
      fc.asyncProperty(plans, async ({ names, v1Names, ...rest }) => {
        const chosen = rest.generation === 'v1' ? v1Names : names;
        const plan = { ...rest, collections: chosen.map((name) => ({ name, enabled: true })) };
        const [script, deployment] = await Promise.all(
          SCAFFOLDS.map((what) => scaffoldFile(what, plan)),
        );
        if (!script || !deployment) throw new Error('There are two files.');
        const own = await checkFile(deployment.name, deployment.content, {});
        expect(own.findings).toEqual([]);
        const deployed =
          plan.generation === 'v2'
            ? await readDeployed(deployment.name, deployment.content)
            : { ...aks, models: [plan.modelName] };
        const packages = {
          file: 'conda.yml',
          names: new Set(['azureml-ai-monitoring', 'azureml-monitoring']),
        };
        const { findings } = await checkFile('score.py', script.content, { deployed, packages });
        expect(findings).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});

describe('any text', () => {
  /** The pieces of scripts that say something, put together without sense. */
  const pieces = fc.array(
    fc.constantFrom(
      ...[v2(), v1(), collects(INPUTS)].flatMap((text) => text.split(/(?<=\W)/)),
      ...[
        '\n',
        '\t',
        '    ',
        '(',
        ')',
        '[',
        '{',
        '"""',
        "'",
        '\\',
        'lambda',
        'def ',
        'class ',
        '@',
        '&a',
        '*a',
        '<<: ',
      ],
    ),
    { maxLength: 80 },
  );

  test('gives findings or says what is wrong with the file, and never fails', async () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      pieces.map((parts) => parts.join('')),
    );
    const files = fc.constantFrom('score.py', 'deployment.yml', 'conda.yaml', 'requirements.txt');
    await fc.assert(
      fc.asyncProperty(texts, files, async (text, file) => {
        try {
          if (/^(conda|req)/.test(file)) await readEnvironment(file, text);
          else {
            const { findings } = await checkFile(file, text, { deployed: blue });
            for (const { line, column, source } of findings) {
              expect(line).toBeLessThanOrEqual(text.split(/\r\n|\n|\r/).length);
              expect(column).toBeLessThanOrEqual(source.length + 1);
            }
          }
        } catch (error) {
          if (!(error instanceof CliError)) throw error;
          expect(error.kind).toBe('usage');
        }
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ['score.py', '('],
    ['score.py', '[a for a in '],
    ['score.py', 'lambda a: '],
    ['score.py', 'print(json.loads('],
    ['score.py', '(a,'],
    ['score.py', 'if a:\n'],
    ['deployment.yml', '['],
    ['deployment.yml', '- '],
    ['deployment.yml', '{a: '],
  ])('%s may be nested as deep as it likes: %j', async (file, piece) => {
    const text = piece.repeat(2_000);
    const checking = checkFile(file, text, {}).catch((error: unknown) => error);
    const answer = await checking;
    expect(answer instanceof CliError || (answer instanceof Object && 'findings' in answer)).toBe(
      true,
    );
  });
});

describe('what a file is', () => {
  test.each([
    ['notes.txt', 'x', 'neither Python nor YAML'],
    ['d.yml', 'a: [', 'is no YAML, at line'],
    ['d.yml', 'name: conda\ndependencies: []', 'is no online deployment'],
    ['d.yml', '- 1', 'is no online deployment'],
  ])('%s with %j is a usage error', async (file, text, message) => {
    const error = await checkFile(file, text, {}).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ kind: 'usage', message: expect.stringContaining(message) });
  });

  test('nothing is said about what is still to be filled in', async () => {
    const open = collects(
      "    model_inputs:\n      enabled: '{{on}}'",
      `  sampling_rate: \${{rate}}\n  rolling_rate: $(rolling)\n`,
    );
    expect((await checkFile('d.yml', open, {})).findings).toEqual([]);
  });

  test('merged keys and aliases of a deployment are followed', async () => {
    const text = `x: &x\n  app_insights_enabled: true\n  data_collector: &d\n    collections: {request: {enabled: 'True'}}\n<<: *x\nendpoint_name: fraud\n`;
    expect((await checkFile('d.yml', text, {})).findings).toEqual([]);
  });

  test('packages are found in conda environments and in requirements', async () => {
    const conda =
      'dependencies:\n  - python=3.11\n  - conda-forge::pandas>=2\n  - pip:\n      - AzureML_AI.Monitoring[x]~=1.0\n';
    expect([...(await readEnvironment('conda.yml', conda)).names]).toEqual(
      expect.arrayContaining(['python', 'pandas', 'azureml-ai-monitoring']),
    );
    const pip = '# pins\npandas==2.2\nazureml-ai-monitoring ; python_version > "3"\n-r more.txt\n';
    await expect(readEnvironment('requirements.txt', pip)).rejects.toMatchObject({ kind: 'usage' });
  });
});
