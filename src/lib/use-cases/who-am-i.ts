import type { Gateways, SignedIn } from '../azure/gateways.js';
import type { Settings } from '../settings.js';

/** The caller and the settings that hold. */
export interface Caller extends SignedIn {
  readonly cloud: string;
  readonly subscriptionId: string | null;
  readonly resourceGroup: string | null;
  readonly workspaceName: string | null;
  readonly service: string | null;
  /** Where each setting came from: a flag, a variable, a file. */
  readonly sources: Readonly<Record<string, string>>;
}

/** @throws {CliError} `auth` if nobody is signed in */
export async function whoAmI(
  { signIn }: Pick<Gateways, 'signIn'>,
  { cloud, subscriptionId, resourceGroup, workspaceName, service, sources }: Settings,
): Promise<Caller> {
  return {
    ...(await signIn.whoAmI()),
    cloud,
    subscriptionId: subscriptionId ?? null,
    resourceGroup: resourceGroup ?? null,
    workspaceName: workspaceName ?? null,
    service: service ?? null,
    sources,
  };
}
