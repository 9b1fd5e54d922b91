import { Option } from '@commander-js/extra-typings';
import type { Host } from '../../lib/host.js';
import { print } from '../../lib/output/print.js';
import { scoringView } from '../../lib/output/scoring-view.js';
import { resolveSettings } from '../../lib/settings.js';
import { readSource } from '../../lib/use-cases/read-source.js';
import { assertAllScored, type Scoring, score } from '../../lib/use-cases/score.js';
import { parseCount } from '../count-argument.js';
import { examples, exitStatuses, type SharedCommand } from '../shared-options.js';

export function define(command: SharedCommand, host: Host): void {
  command
    .description(
      'Send scoring requests to a service of the embedded Azure: they run its model and leave logs, ' +
        'telemetry and collected data as its switches say.',
    )
    .argument('<service>', 'web service or online endpoint, as SERVICE or SERVICE/PART')
    .addOption(new Option('--count <n>', 'how many requests').argParser(parseCount).default(1))
    .addOption(new Option('--data <json>', 'the body (default: sample inputs)').conflicts('file'))
    .option('--file <file>', 'read the body from a file; - is stdin')
    .addHelpText(
      'after',
      examples(
        'local score my-service --count 5',
        `local score fraud/blue --data '{"data":[[24,59.9,1,38]]}'`,
      ),
    )
    .addHelpText('after', exitStatuses('not-found', 'service', 'incomplete'))
    .action(async (name, { count, data, file, ...options }) => {
      const settings = await resolveSettings({ ...options, local: true }, host);
      const body = file === undefined ? data : await readSource(file, host);
      const cloud = await host.openLocalCloud(settings.localDir);
      const statuses: number[] = [];
      await print(host, settings, noted(score(cloud, { name, data: body, count })), scoringView, {
        live: true,
      });
      assertAllScored(name, statuses);

      async function* noted(scorings: AsyncIterable<Scoring>): AsyncGenerator<Scoring> {
        for await (const scoring of scorings) {
          statuses.push(scoring.status);
          yield scoring;
        }
      }
    });
}
