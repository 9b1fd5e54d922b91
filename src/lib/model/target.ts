import { CliError } from '../errors.js';

/** A collection of a v2 deployment's data collector. */
export interface Collection {
  readonly name: string;
  readonly enabled: boolean;
  /** Share of the requests that is collected, 0 to 1. */
  readonly samplingRate: number;
}

/** A v1 service, one version of a v1 AKSENDPOINT, or one v2 deployment. */
export interface Target {
  readonly api: 'v1' | 'v2';
  readonly service: string;
  /** The version or deployment; null for a v1 service, which has no parts. */
  readonly part: string | null;
  /** Azure's word: `ACI`, `AKS`, `AKSENDPOINT`, `Managed`, `Kubernetes`, or one this version does not know. */
  readonly computeType: string;
  /** Azure's word, such as `Healthy`, `Transitioning`, `Succeeded`, `Updating`; null if it gave none. */
  readonly state: string | null;
  readonly insights: boolean;
  /** Whether any model data is collected. */
  readonly collection: boolean;
  /** v2 only: what the data collector is set to collect, enabled or not. Empty for v1. */
  readonly collections: readonly Collection[];
  readonly scoringUri: string | null;
  /** Replicas or instances as set, null if unknown or scaled automatically. */
  readonly replicas: number | null;
  /** v1 only: where collected data lands, as `/container/prefix/`, in Azure's own spelling. */
  readonly dataPaths: readonly string[];
  /** Azure's error of a target that did not start, null if it has none. */
  readonly failure: { readonly code: string; readonly message: string } | null;
}

/** The name a user types for it: `SERVICE` or `SERVICE/PART`. */
export function targetName({ service, part }: Pick<Target, 'service' | 'part'>): string {
  return part === null ? service : `${service}/${part}`;
}

/**
 * What a user names: SERVICE or SERVICE/PART.
 *
 * @throws {CliError} `usage` if it is neither
 */
export function parseTargetName(typed: string): {
  readonly service: string;
  readonly part: string | undefined;
} {
  const [service = '', part, ...rest] = typed.split('/');
  if (service === '' || part === '' || rest.length > 0) {
    throw new CliError('usage', `"${typed}" is not a service.`, {
      hint: 'Write SERVICE or SERVICE/PART.',
    });
  }
  return { service, part };
}
