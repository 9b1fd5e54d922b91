import { Option } from '@commander-js/extra-typings';
import { parseTimeWish } from '../../lib/model/time-range.js';
import type { DataWish } from '../../lib/use-cases/data/data-filter.js';
import { parseNames } from '../collect/collection-names.js';
import { apiOption, type SharedCommand } from '../shared-options.js';
import {
  accountKeyOption,
  accountNameOption,
  authModeOption,
  connectionStringOption,
  sasTokenOption,
} from './storage-options.js';

const HEADING = 'Which data:';

/**
 * What every command takes that reads the collected data of a service: which, and the way to it.
 *
 * @param sinceDefault how far back it looks where nothing is typed
 */
export function takeDataOptions(command: SharedCommand, sinceDefault = 'everything') {
  return command
    .argument('[service]', 'a web service or online endpoint, as SERVICE or SERVICE/PART')
    .addOption(
      new Option('--collection <names>', 'these alone, as inputs,predictions or request,response')
        .argParser(parseNames)
        .helpGroup(HEADING),
    )
    .addOption(
      new Option(
        '--deployment <name>',
        'of this deployment, which may be gone by now, or version of an endpoint',
      ).helpGroup(HEADING),
    )
    .addOption(new Option('--model <name>', 'v1: of this model').helpGroup(HEADING))
    .addOption(
      new Option('--model-version <version>', 'v1: of this version of it').helpGroup(HEADING),
    )
    .addOption(
      new Option(
        '--since <duration>',
        `how far back: 24h, 7d or ISO 8601 (default: ${sinceDefault})`,
      ).helpGroup(HEADING),
    )
    .addOption(
      new Option(
        '--from <time>',
        'the first instant: ISO 8601, or before now, such as -2d',
      ).helpGroup(HEADING),
    )
    .addOption(new Option('--to <time>', 'the instant behind the last').helpGroup(HEADING))
    .addOption(apiOption)
    .addOption(authModeOption)
    .addOption(connectionStringOption)
    .addOption(accountKeyOption)
    .addOption(accountNameOption)
    .addOption(sasTokenOption);
}

/** What was typed of them. */
export interface DataOptions {
  readonly collection?: readonly string[] | undefined;
  readonly deployment?: string | undefined;
  readonly model?: string | undefined;
  readonly modelVersion?: string | undefined;
  readonly since?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** @throws {CliError} `usage` if what is typed of the time contradicts itself */
export function dataWish(options: DataOptions, now: Date): DataWish {
  const { collection: collections, deployment, model, modelVersion } = options;
  const time = parseTimeWish(options, now);
  const range =
    time === null
      ? { from: null, to: null }
      : 'sinceMs' in time
        ? { from: new Date(now.getTime() - time.sinceMs), to: null }
        : time;
  return { ...range, collections, deployment, model, modelVersion };
}
