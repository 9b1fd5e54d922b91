import type { Gateways } from '../azure/gateways.js';
import type { Report } from '../host.js';
import { type Target, targetName } from '../model/target.js';
import { type ChangeRequest, type ChangeResult, changeTargets } from './change-targets.js';
import { changeWarnings, insightsWarnings } from './switch-warnings.js';

/**
 * Turns Application Insights on or off. Safe to repeat: what is already so is left alone.
 *
 * @throws {CliError} `not-found` or `usage`, before any write, if a name means no service or two
 */
export async function setInsights(
  gateways: Pick<Gateways, 'v1' | 'v2' | 'arm'>,
  { insights, ...request }: ChangeRequest & { readonly insights: boolean },
  report: Report,
): Promise<ChangeResult> {
  return changeTargets(
    gateways,
    request,
    {
      title: `Turn Application Insights ${insights ? 'on' : 'off'}`,
      state: () => ({ insights }),
      differs: (target) => target.insights !== insights,
      refusal: () => null,
      // The switch of an AKSENDPOINT is one for all its versions.
      writeKey: (target) => (isShared(target) ? target.service : targetName(target)),
      change: (target, options) => gateways[target.api].setInsights(target, insights, options),
      warnings: async (targets) => [
        ...targets.filter(isShared).map(sharedWarning).filter(isFirst),
        ...changeWarnings(targets),
        ...(insights ? await insightsWarnings(gateways, targets) : []),
      ],
      isDestructive: false,
    },
    report,
  );
}

function isShared({ computeType }: Target): boolean {
  return computeType === 'AKSENDPOINT';
}

function sharedWarning({ service }: Target): string {
  return `${service}: Application Insights is one switch for all versions of this endpoint.`;
}

function isFirst(text: string, index: number, texts: readonly string[]): boolean {
  return texts.indexOf(text) === index;
}
