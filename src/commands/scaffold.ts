import { resolve } from 'node:path';
import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { CliError } from '../lib/errors.js';
import type { Host, Report } from '../lib/host.js';
import { sizeText } from '../lib/model/size.js';
import { countText, findingsView, summaryText } from '../lib/output/findings-view.js';
import { print } from '../lib/output/print.js';
import { createReport } from '../lib/output/report.js';
import { scaffoldView } from '../lib/output/scaffold-view.js';
import { resolveSettings } from '../lib/settings.js';
import { readSource } from '../lib/use-cases/read-source.js';
import {
  type Checked,
  checkFile,
  type FailOn,
  isFailed,
  readDeployed,
  readEnvironment,
} from '../lib/use-cases/scaffold/check/check-file.js';
import { deployedTarget } from '../lib/use-cases/scaffold/check/deployed.js';
import { oneTarget, planScaffold } from '../lib/use-cases/scaffold/plan-scaffold.js';
import {
  SCAFFOLDS,
  type Scaffold,
  type ScaffoldFile,
  scaffoldFile,
} from '../lib/use-cases/scaffold/scaffold-file.js';
import { parseNames } from './collect/collection-names.js';
import { samplingRateOption } from './sampling-rate-option.js';
import { examples, exitStatuses, type SharedCommand } from './shared-options.js';

const NEW_FILE = 'A new file:';
const CHECK = 'A check:';

export function define(command: SharedCommand, host: Host): void {
  command
    .description(
      'Write a scoring script, or a deployment file, that logs traces and collects model data; or check what ' +
        'existing ones will not log and collect. Azure is asked only with --service.',
    )
    .argument('[what]', 'score.py, or deployment.yml (for v1 a deploy.py)', parseWhat)
    .addOption(
      new Option(
        '--generation <version>',
        'v1 web services or v2 online endpoints (default: v2, or as the service is)',
      ).choices(['v1', 'v2'] as const),
    )
    .option(
      '--service <service>',
      'take what is deployed from this SERVICE/PART, or check against it',
    )
    .optionsGroup(NEW_FILE)
    .addOption(
      new Option(
        '--collections <names>',
        'what to collect, as model_inputs,model_outputs (v1: inputs,predictions)',
      ).argParser(parseNames),
    )
    .addOption(samplingRateOption())
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
    .optionsGroup(CHECK)
    .option('--check <file>', 'check this scoring script (.py) or deployment (.yml, .py)')
    .option('--deployment-file <file>', 'the YAML that the script is deployed with')
    .option('--packages <file>', 'the conda environment (.yml) or requirements of the script')
    .addOption(
      new Option('--fail-on <severity>', 'exit 9 if there is one, or something worse')
        .choices(['error', 'warning'] as const)
        .default('error' as const),
    )
    .addHelpText(
      'after',
      examples(
        'scaffold score.py --feature-names age,bmi --out score.py',
        'scaffold deployment.yml --service fraud/blue',
        'scaffold --check score.py --deployment-file deployment.yml',
        'scaffold --check score.py --service fraud/blue --fail-on warning',
      ),
    )
    .addHelpText('after', exitStatuses('not-found', 'auth', 'service', 'check-failed'))
    .action(async (what, options) => {
      assertOneTask(what, command);
      const settings = await resolveSettings(options, host);
      const report = createReport(host, settings);
      const connect = () => host.connect(settings, report);
      if (options.check !== undefined) {
        const checked = await check({ ...options, check: options.check }, connect, {
          host,
          report,
        });
        const { findings } = checked;
        await print(host, settings, findings, findingsView(findings));
        report.note(summaryText(checked));
        return assertPassed(checked, options.failOn);
      }
      const { out, force = false } = options;
      if (out !== undefined && !force) await assertFree(out, host);
      const plan = await planScaffold(options, connect, report);
      const file = await scaffoldFile(what ?? 'score.py', plan);
      if (out === undefined) return print(host, settings, file, scaffoldView);
      await write(out, file, { host, report });
    });
}

/** @throws {CliError} `usage` unless it is said what to write, or what to check, with the options of that alone */
function assertOneTask(
  what: string | undefined,
  command: Pick<SharedCommand, 'options' | 'getOptionValueSource'>,
): void {
  const typed = command.options.filter(
    (option) => command.getOptionValueSource(option.attributeName()) === 'cli',
  );
  const isCheck = typed.some(({ long }) => long === '--check');
  if (isCheck === (what !== undefined)) {
    throw new CliError('usage', 'Say either what to write or what to check.', {
      hint: 'Such as scaffold score.py, scaffold deployment.yml or scaffold --check score.py.',
    });
  }
  const stray = typed.find(({ helpGroupHeading }) => {
    return helpGroupHeading === (isCheck ? NEW_FILE : CHECK);
  });
  if (!stray) return;
  const message = `${stray.long} is for ${isCheck ? 'a new file' : 'a check'}.`;
  throw new CliError('usage', message, { hint: 'Leave it out.' });
}

interface CheckOptions {
  readonly check: string;
  readonly generation?: 'v1' | 'v2' | undefined;
  readonly service?: string | undefined;
  readonly deploymentFile?: string | undefined;
  readonly packages?: string | undefined;
}

async function check(
  { check: file, generation, service, deploymentFile, packages }: CheckOptions,
  connect: () => ReturnType<Host['connect']>,
  { host, report }: { readonly host: Host; readonly report: Report },
): Promise<Checked> {
  if (service !== undefined && deploymentFile !== undefined) {
    throw new CliError('usage', '--service and --deployment-file say the same thing.', {
      hint: 'Check against one of them at a time.',
    });
  }
  const text = await readText(file, host);
  const deployed =
    deploymentFile === undefined
      ? service && deployedTarget(await oneTarget(service, generation, connect, report))
      : await readDeployed(deploymentFile, await readText(deploymentFile, host));
  return checkFile(file, text, {
    generation,
    ...(deployed && { deployed }),
    ...(packages !== undefined && {
      packages: await readEnvironment(packages, await readText(packages, host)),
    }),
  });
}

/** A byte order mark is no part of a script. */
async function readText(path: string, host: Host): Promise<string> {
  return (await readSource(path, host)).replace(/^\ufeff/, '');
}

function assertPassed({ file, findings }: Checked, failOn: FailOn): void {
  if (!isFailed(findings, failOn)) return;
  throw new CliError('check-failed', `"${file}" has ${countText(findings)}.`);
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

function parseWhat(text: string): Scaffold {
  const known = SCAFFOLDS.find((each) => each === text);
  if (known) return known;
  throw new InvalidArgumentError(`Allowed choices are ${SCAFFOLDS.join(', ')}.`);
}

function parseList(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.every((name) => name !== '') && new Set(names).size === names.length) return names;
  throw new InvalidArgumentError('Write different names with commas between them, as age,bmi.');
}
