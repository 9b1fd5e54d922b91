import { type Target, targetName } from '../../../model/target.js';
import type { Api } from '../../find-targets.js';
import type { ScaffoldPlan } from '../plan-scaffold.js';

/** What a scoring script is, or is going to be, deployed with. */
export interface Deployed {
  /** For messages: the file, or the name of the service. */
  readonly name: string;
  readonly api: Api;
  readonly insights: boolean;
  readonly collection: boolean;
  /** v2 only. */
  readonly collections: ScaffoldPlan['collections'];
  /** v1 only: the registered models; undefined if they are not known. */
  readonly models: readonly string[] | undefined;
}

/** What Azure says about a service. */
export function deployedTarget(target: Target): Deployed {
  const { api, insights, collection, collections, dataPaths } = target;
  const models = dataPaths.flatMap((path) => path.split('/').at(-3) ?? []);
  return {
    ...{ name: targetName(target), api, insights, collection, collections },
    models: models.length > 0 ? models : undefined,
  };
}
