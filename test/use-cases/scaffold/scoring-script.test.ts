import { describe, expect, test } from 'vitest';
import type { ScaffoldPlan } from '../../../src/lib/use-cases/scaffold/plan-scaffold.js';
import { scaffoldFile } from '../../../src/lib/use-cases/scaffold/scaffold-file.js';
import { compilePython, driveScript, hasPython } from '../../support/python.js';

const python = await hasPython();

/** What it says where there is nothing to run a script with; what needs no Python is tested all the same. */
const NO_PYTHON = 'There is no python3 on this machine: the script was written, but not run.';

function plan(parts: Partial<ScaffoldPlan> = {}): ScaffoldPlan {
  const generation = parts.generation ?? 'v2';
  const names = generation === 'v1' ? ['inputs', 'predictions'] : ['model_inputs', 'model_outputs'];
  return {
    generation,
    service: 'my-endpoint',
    deployment: 'blue',
    isKubernetes: false,
    modelName: 'ridge',
    collections: names.map((name) => ({ name, enabled: true })),
    samplingRate: 1,
    featureNames: undefined,
    ...parts,
  };
}

const collections = (...names: readonly string[]) => names.map((name) => ({ name, enabled: true }));

async function script(parts: Partial<ScaffoldPlan> = {}): Promise<string> {
  return (await scaffoldFile('score.py', plan(parts))).content;
}

const ODD = 'a"b\\c\n\u{1f600}';

describe('what Python makes of it', () => {
  test.each([
    ['v1', {}],
    ['v1', { collections: collections('inputs'), modelName: ODD, featureNames: [ODD] }],
    ['v1', { collections: collections('predictions') }],
    ['v2', {}],
    ['v2', { collections: collections('request', 'response') }],
    ['v2', { collections: collections('model_outputs') }],
    ['v2', { collections: collections('1st', 'a-b', 'a_b', ODD, '""" model_inputs_outputs') }],
  ] as const)('every %s script compiles: %j', async (generation, parts) => {
    const text = await script({ ...parts, generation });
    expect(text).toContain('def run(raw_data):');
    if (python) await compilePython(text);
  });

  test('a deploy script compiles', async ({ annotate }) => {
    const { content, name } = await scaffoldFile(
      'deployment.yml',
      plan({ generation: 'v1', service: ODD }),
    );
    expect(name).toBe('deploy.py');
    if (python) await compilePython(content);
    else await annotate(NO_PYTHON);
  });
});

describe('what it does', () => {
  const REQUESTS = [
    '{"data": [[1, 2], [3, 4.5]]}',
    '{"input_data": {"columns": ["p", "q"], "data": [[5, 6]]}}',
    '[{"p": 7, "q": 8}]',
    '{"rows": []}',
  ];

  test('v2 scores, prints one JSON object a request and collects with one context', async ({
    annotate,
  }) => {
    const text = await script({ featureNames: ['age', 'bmi'] });
    if (!python) return annotate(NO_PYTHON);
    const { answers, printed, collected } = await driveScript(text, REQUESTS);
    expect(answers.slice(0, 3)).toEqual([[3, 7.5], [11], [15]]);
    expect(answers[3]).toContain('ValueError');
    expect(printed.map((line) => JSON.parse(line))).toMatchObject([
      {
        event: 'scored',
        rows: 2,
        input: [
          { age: 1, bmi: 2 },
          { age: 3, bmi: 4.5 },
        ],
        prediction: [3, 7.5],
      },
      { event: 'scored', rows: 1, input: [{ p: 5, q: 6 }] },
      { event: 'scored', rows: 1 },
      { event: 'failed', error: expect.stringContaining('ValueError') },
    ]);
    expect(collected.slice(0, 2)).toEqual([
      { name: 'model_inputs', columns: ['age', 'bmi'], rows: 2, context: 'context 0' },
      { name: 'model_outputs', columns: ['prediction'], rows: 2, context: 'context 0' },
    ]);
    expect(collected).toHaveLength(6);
  });

  test('v1 adds the correlations of the inputs to the predictions', async ({ annotate }) => {
    const text = await script({ generation: 'v1', featureNames: ['age', 'bmi'] });
    if (!python) return annotate(NO_PYTHON);
    const { answers, collected } = await driveScript(text, REQUESTS.slice(0, 1));
    expect(answers).toEqual([[3, 7.5]]);
    expect(collected).toEqual([
      { name: 'ridge/inputs', columns: ['age', 'bmi'], rows: 2, headers: ['age', 'bmi'] },
      {
        name: 'ridge/predictions',
        columns: ['prediction', '$aml_dc_correlation_id'],
        rows: 2,
        headers: ['prediction'],
      },
    ]);
  });

  test.each([
    ['v1', '[row[:1] for row in frame.values], columns=["risk"]', [1, 3]],
    [
      'v2',
      'frame.values, columns=["low", "high"]',
      [
        [1, 2],
        [3, 4],
      ],
    ],
  ] as const)(
    '%s answers and collects the rows of a model that predicts a DataFrame: %s',
    async (generation, frame, answer) => {
      const text = await script({ generation });
      const model = `import pandas
class Model:
    def predict(self, frame):
        return pandas.DataFrame(${frame})

def load(path):
    return Model()
`;
      if (!python) return expect(text).toContain('isinstance(predictions, pd.DataFrame)');
      const driven = await driveScript(text, ['{"data": [[1, 2], [3, 4]]}'], {
        'joblib.py': model,
      });
      expect(driven.answers).toEqual([answer]);
      expect(driven.collected[1]).toMatchObject({ rows: 2 });
    },
  );

  test('no rows get no predictions, whatever the columns are called', async ({ annotate }) => {
    const text = await script({ featureNames: ['age', 'bmi'] });
    if (!python) return annotate(NO_PYTHON);
    const { answers, collected } = await driveScript(text, [
      '{"data": []}',
      '{"input_data": {"columns": ["p"], "data": []}}',
    ]);
    expect(answers).toEqual([[], []]);
    expect(collected[0]).toMatchObject({ columns: ['age', 'bmi'], rows: 0 });
  });

  test.each(['v1', 'v2'] as const)(
    '%s answers all the same if nothing can be collected, and prints why',
    async (generation) => {
      const text = await script({ generation });
      const rows = Array.from({ length: 150 }, (_, row) => [row]);
      if (!python) return expect(text).toContain('not collected');
      const { answers, printed } = await driveScript(text, [JSON.stringify({ data: rows })]);
      expect(answers[0]).toHaveLength(150);
      const events = printed.map((line) => JSON.parse(line));
      expect(events[0]).toMatchObject({ event: 'not collected' });
      expect(events.at(-1)).toMatchObject({ event: 'scored', rows: 150, input: { length: 20 } });
    },
  );

  test.each([
    ['v1', 8_192],
    ['v2', 32_768],
  ] as const)(
    '%s prints at most %i characters, and JSON whatever comes',
    async (generation, most) => {
      const text = await script({ generation });
      const huge = 'é"\\'.repeat(50_000);
      const nested = '['.repeat(400) + JSON.stringify(huge) + ']'.repeat(400);
      const requests = [
        JSON.stringify({ data: [[1, huge]] }),
        JSON.stringify({ data: Array.from({ length: 99 }, () => Array(500).fill(1.25)) }),
        `{"data": [[2, ${nested}]]}`,
        '{"data": [[NaN, Infinity, null]]}',
        JSON.stringify({ data: [{ [huge]: 1 }] }),
      ];
      if (!python) return expect(text).toContain('MOST_CHARACTERS');
      const { printed } = await driveScript(text, requests);
      const events = printed.map((line) => JSON.parse(line));
      expect(printed.every((line) => line.length < most)).toBe(true);
      expect(events).toHaveLength(requests.length);
      expect(events.slice(0, 3).every(({ truncated }) => truncated)).toBe(true);
    },
  );
});
