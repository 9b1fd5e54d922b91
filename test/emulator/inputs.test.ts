import { expect, test } from 'vitest';
import { drawInput } from '../../src/lib/emulator/scoring/inputs.js';
import { MODEL } from '../../src/lib/emulator/scoring/model.js';

/** Mean of each feature over many draws. */
function means(shifts: Readonly<Record<string, number>> = {}): number[] {
  const rows = Array.from({ length: 4000 }, (_, at) => {
    const { data }: { data: [number[]] } = JSON.parse(drawInput(`means/${at}`, shifts));
    return data[0];
  });
  return MODEL.features.map((_, at) => rows.reduce((sum, row) => sum + (row[at] ?? 0), 0) / 4000);
}

test('drawn customers are those that the model was fitted on', () => {
  for (const [at, mean] of means().entries()) {
    const distance = Math.abs(mean - (MODEL.mean[at] ?? 0)) / (MODEL.scale[at] ?? 1);
    expect(distance, MODEL.features[at]).toBeLessThan(0.15);
  }
});

test('a shift moves its feature and no other', () => {
  const [plain, shifted] = [means(), means({ age: 1.5 })];
  const moved = shifted.map((mean, at) => (mean - (plain[at] ?? 0)) / (MODEL.scale[at] ?? 1));
  expect(moved.map((by) => Math.round(by * 10) / 10)).toEqual([0, 0, 0, 1.5]);
});

test('the same seed draws the same, another seed something else', () => {
  expect(drawInput('a')).toBe(drawInput('a'));
  expect(drawInput('a')).not.toBe(drawInput('b'));
});
