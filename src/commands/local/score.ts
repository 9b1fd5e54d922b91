import { randomUUID } from 'node:crypto';
import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import type { Host } from '../../lib/host.js';
import { parseDuration } from '../../lib/model/time-range.js';
import { print } from '../../lib/output/print.js';
import { createReport } from '../../lib/output/report.js';
import { scoringView } from '../../lib/output/scoring-view.js';
import { resolveSettings } from '../../lib/settings.js';
import { readSource } from '../../lib/use-cases/read-source.js';
import { assertAllScored, middleOf, type Scoring, score } from '../../lib/use-cases/score.js';
import { parseCount } from '../count-argument.js';
import { examples, exitStatuses, type SharedCommand } from '../shared-options.js';
import { openCloud } from './open-cloud.js';

/** More answers than that are for programs; people see the first of each kind. */
const MOST_SHOWN = 20;
const FIRST_SHOWN = 5;

/** So that the last 24 hours have drifted from what was before, as `data drift` compares them. */
const SHIFTED_OVER = '2d';

export function define(command: SharedCommand, host: Host): void {
  command
    .description(
      'Send scoring requests to a service of the embedded Azure: they run its model and leave logs, ' +
        'telemetry and collected data as its switches say.',
    )
    .argument('<service>', 'web service or online endpoint, as SERVICE or SERVICE/PART')
    .addOption(new Option('--count <n>', 'how many requests').argParser(parseCount).default(1))
    .addOption(
      new Option(
        '--over <duration>',
        `date them evenly over so long until now, such as 12h (default with --shift: ${SHIFTED_OVER})`,
      ).argParser(parseDuration),
    )
    .addOption(
      new Option(
        '--shift <feature[=n]>',
        'inputs of the second half are n standard deviations higher (default: 1); more than once',
      )
        .argParser(parseShift)
        .conflicts(['data', 'file']),
    )
    .addOption(
      new Option('--seed <text>', 'draw the same inputs each time').conflicts(['data', 'file']),
    )
    .addOption(new Option('--data <json>', 'the body (default: drawn inputs)').conflicts('file'))
    .option('--file <file>', 'read the body from a file; - is stdin')
    .addHelpText(
      'after',
      examples(
        'local score my-service --count 5',
        'local score my-service --count 500 --shift age=1.5',
        `local score fraud/blue --data '{"data":[[24,59.9,1,38]]}'`,
      ),
    )
    .addHelpText('after', exitStatuses('not-found', 'service', 'incomplete'))
    .action(async (name, { count, data, file, shift, seed = randomUUID(), over, ...options }) => {
      const settings = await resolveSettings({ ...options, local: true }, host);
      const report = createReport(host, settings);
      const body = file === undefined ? data : await readSource(file, host);
      const cloud = await openCloud(host, settings, report);
      const overMs = over ?? (shift && parseDuration(SHIFTED_OVER));
      const span = overMs === undefined ? null : spanUntil(host.clock.now(), overMs);
      const wish = { name, count, data: body, seed, shifts: shift ?? {}, span };
      const statuses: number[] = [];
      const view = scoringView(count > MOST_SHOWN ? FIRST_SHOWN : count);
      await print(host, settings, noted(score(cloud, wish)), view, { live: true });
      if (settings.format === 'text' && count > MOST_SHOWN) {
        report.note(`The rest of ${count} answers is left out here; -o jsonl has all.`);
      }
      if (span && shift) {
        const names = Object.keys(shift).join(', ');
        report.note(`The inputs are shifted (${names}) from ${middleOf(span).toISOString()} on.`);
      }
      assertAllScored(name, statuses);

      async function* noted(scorings: AsyncIterable<Scoring>): AsyncGenerator<Scoring> {
        for await (const scoring of scorings) {
          statuses.push(scoring.status);
          yield scoring;
        }
      }
    });
}

/** Whole seconds: v2 writes no others. */
function spanUntil(now: Date, lengthMs: number) {
  const to = new Date(Math.floor(now.getTime() / 1000) * 1000);
  return { from: new Date(to.getTime() - lengthMs), to };
}

/** Adds `FEATURE` or `FEATURE=AMOUNT` to the shifts before it. */
function parseShift(
  text: string,
  before: Readonly<Record<string, number>> | undefined,
): Readonly<Record<string, number>> {
  const [, feature, amount = '1'] = /^([^=]+)(?:=(.*))?$/.exec(text) ?? [];
  if (feature !== undefined && /^[+-]?(\d+\.?\d*|\.\d+)$/.test(amount)) {
    return { ...before, [feature]: Number(amount) };
  }
  throw new InvalidArgumentError('It must be a feature, or one and a number: age, or age=1.5.');
}
