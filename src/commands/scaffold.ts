import { resolve } from 'node:path';
import { Argument, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { CliError } from '../lib/errors.js';
import type { Host, Report } from '../lib/host.js';
import { sizeText } from '../lib/model/size.js';
import { print } from '../lib/output/print.js';
import { createReport } from '../lib/output/report.js';
import { scaffoldView } from '../lib/output/scaffold-view.js';
import { resolveSettings } from '../lib/settings.js';
import { planScaffold } from '../lib/use-cases/scaffold/plan-scaffold.js';
import {
  SCAFFOLDS,
  type ScaffoldFile,
  scaffoldFile,
} from '../lib/use-cases/scaffold/scaffold-file.js';
import { parseNames } from './collect/collection-names.js';
import { parseShare } from './share-argument.js';
import { examples, exitStatuses, type SharedCommand } from './shared-options.js';

export function define(command: SharedCommand, host: Host): void {
  command
    .description(
      'Write a scoring script, or a deployment file, that logs traces and collects model data. Azure is asked only ' +
        'with --service.',
    )
    .addArgument(
      new Argument('<what>', 'score.py, or deployment.yml (for v1 a deploy.py)').choices(SCAFFOLDS),
    )
    .addOption(
      new Option(
        '--generation <version>',
        'v1 web services or v2 online endpoints (default: v2, or as the service is)',
      ).choices(['v1', 'v2'] as const),
    )
    .option('--service <service>', 'take names, collections and rate from this SERVICE/PART')
    .addOption(
      new Option(
        '--collections <names>',
        'what to collect, as model_inputs,model_outputs (v1: inputs,predictions)',
      ).argParser(parseNames),
    )
    .addOption(
      new Option('--sampling-rate <share>', 'v2: share of the requests, 0 to 1').argParser(
        parseShare,
      ),
    )
    .addOption(
      new Option('--feature-names <names>', 'columns of a request, as age,bmi').argParser(
        parseList,
      ),
    )
    .option(
      '--model-name <name>',
      'the registered model (default: that of the service, or my-model)',
    )
    .option('--out <file>', 'write it to this file')
    .option('--force', 'replace the file if it is there')
    .addHelpText(
      'after',
      examples(
        'scaffold score.py --feature-names age,bmi --out score.py',
        'scaffold deployment.yml --service fraud/blue',
        'scaffold score.py --generation v1 --model-name ridge',
      ),
    )
    .addHelpText('after', exitStatuses('not-found', 'auth', 'service'))
    .action(async (what, options) => {
      const { out, force = false } = options;
      const settings = await resolveSettings(options, host);
      const report = createReport(host, settings);
      if (out !== undefined && !force) await assertFree(out, host);
      const plan = await planScaffold(options, () => host.connect(settings, report), report);
      const file = await scaffoldFile(what, plan);
      if (out === undefined) return print(host, settings, file, scaffoldView);
      await write(out, file, { host, report });
    });
}

async function assertFree(path: string, { files, cwd }: Host): Promise<void> {
  const kind = await files.kind(resolve(cwd, path));
  if (kind === undefined) return;
  if (kind === 'folder') throw new CliError('usage', `"${path}" is a folder.`);
  throw new CliError('usage', `"${path}" is there already, and stays as it is.`, {
    hint: 'Choose another name, or replace it with --force.',
  });
}

async function write(
  path: string,
  { content }: ScaffoldFile,
  { host, report }: { readonly host: Host; readonly report: Report },
): Promise<void> {
  const file = await host.files.create(resolve(host.cwd, path));
  try {
    await file.write(content);
    report.note(`Wrote ${sizeText(await file.keep())} to "${path}".`);
  } catch (error) {
    await file.discard();
    throw error;
  }
}

function parseList(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.every((name) => name !== '') && new Set(names).size === names.length) return names;
  throw new InvalidArgumentError('Write different names with commas between them, as age,bmi.');
}
