import type { FaultDetail } from '../answers.js';

/**
 * All that the local cloud knows besides its resources, as it stands in `cloud.json`. Whoever edits
 * that file by hand changes the cloud; the next request sees it.
 */
export interface Facts {
  format: 1;
  behaviour: Behaviour;
  directory: Directory;
  /** Changes of services and deployments, running or done; the last of a resource counts. */
  operations: Operation[];
  grants: Grant[];
  /** Secrets that callers of a service present, by the lower-case resource id. */
  keys: Record<string, { primaryKey: string; secondaryKey: string }>;
  /** The scoring server in the image of a service or deployment, by the lower-case resource id. */
  servers: Record<string, ServerGeneration>;
  /** The sample's past traffic is written up to here; null without a past. */
  historyUntil: string | null;
  /** Later than that: some of it is written up to here, by a process that is at it or was killed. */
  historyBegun: string | null;
  /** The same of the data that it has collected. */
  collectedUntil: string | null;
}

/**
 * Scoring servers write different telemetry: `applicationinsights` and `opencensus` are the two generations
 * in v1 images; `azmlinfsrv` serves newer ones, up to 1.4 through OpenCensus, from 1.5 through OpenTelemetry.
 */
export type ServerGeneration =
  | 'applicationinsights'
  | 'opencensus'
  | 'azmlinfsrv-1.3'
  | 'azmlinfsrv-1.5';

/** Switches of how the cloud behaves. `docs/local-cloud.md` describes each. */
export interface Behaviour {
  /** How long a change of a service or deployment takes. */
  operationSeconds: number;
  tokenSeconds: number;
  /** After how long a device code counts as approved without anybody's doing. Null: only when approved. */
  deviceCodeSeconds: number | null;
  /** Items on one page of a list. */
  pageSize: number;
  /** What the next change of a service (`my-service`) or deployment (`fraud/blue`) fails with. Used once. */
  failNext: Record<string, { code: string; message: string; details?: FaultDetail[] }>;
  /** The AADSTS number that conditional access refuses people with, such as 530003. */
  conditionalAccess: number | null;
  /** What the caller's roles do not allow: actions of role-based access control. `*` at the end: any rest. */
  deniedActions: string[];
  query: {
    rowLimit: number;
    byteLimit: number;
    /** How much later an answer begins than it could. */
    latencyMs: number;
    /** More requests in so many seconds are refused. Null: as many as come. */
    throttle: { requests: number; seconds: number } | null;
    /** How many queries run at once, how many wait for them, and how long. */
    queue: { running: number; waiting: number; waitSeconds: number };
    /** The share of requests, 0 to 1, that fail for no reason; always the same ones with a seed. */
    faults: { rate: number; seed: string | null };
    /** Tables whose rows the caller does not see, without being told. */
    deniedTables: string[];
    /** Tables on the Basic plan, which the query API refuses. */
    basicTables: string[];
    /** `private-link`: queries from public networks are refused. `denied`: the caller has no right to read logs. */
    access: 'open' | 'private-link' | 'denied';
  };
}

export interface Directory {
  tenants: { id: string; domains: string[] }[];
  applications: Application[];
  /** Application ids that people sign in with and that have no secret. */
  publicClients: string[];
  user: { name: string; userPrincipalName: string; objectId: string };
}

export interface Application {
  appId: string;
  objectId: string;
  displayName: string;
  tenantId: string;
  secret: string;
  /** Whose assertions stand for the secret (workload identity). */
  federated: { issuer: string; subject: string }[];
  /** What a managed identity's endpoint asks for in `X-IDENTITY-HEADER`. */
  identityHeader: string;
}

export interface Operation {
  id: string;
  /** Lower-case id of the resource that changes. */
  resource: string;
  kind: 'create' | 'update' | 'scale' | 'delete';
  startedAt: string;
  endsAt: string;
  error: { code: string; message: string; details?: FaultDetail[] } | null;
  /** Text of the resource that its container runs with until the operation has succeeded. Null: none. */
  before: string | null;
}

/** A sign-in under way: a device code or an authorization code. */
export interface Grant {
  code: string;
  kind: 'device' | 'authorization';
  userCode: string;
  tenantId: string;
  clientId: string;
  scope: string;
  issuedAt: string;
  expiresAt: string;
  approvedAt: string | null;
  redirectUri: string;
  challenge: string;
  nonce: string;
}

export const DEFAULT_BEHAVIOUR: Behaviour = {
  operationSeconds: 2,
  tokenSeconds: 3600,
  deviceCodeSeconds: 3,
  pageSize: 50,
  failNext: {},
  conditionalAccess: null,
  deniedActions: [],
  query: {
    rowLimit: 500_000,
    byteLimit: 64_000_000,
    latencyMs: 0,
    throttle: { requests: 200, seconds: 30 },
    queue: { running: 5, waiting: 200, waitSeconds: 180 },
    faults: { rate: 0, seed: null },
    deniedTables: [],
    basicTables: [],
    access: 'open',
  },
};

/** What a request sees, and what a change may change. Resources are keyed by their lower-case id. */
export interface State {
  readonly facts: Facts;
  readonly resources: Map<string, string>;
}

/** `running`, or how it ended. A function of stored instants and `now`: nothing has to happen for it to end. */
export function operationState({ endsAt, error }: Operation, now: Date) {
  if (now < new Date(endsAt)) return 'running';
  return error ? 'failed' : 'succeeded';
}

export function lastOperation(state: State, resourceId: string): Operation | undefined {
  const key = resourceId.toLowerCase();
  return state.facts.operations.findLast((operation) => operation.resource === key);
}

/** The text of the resource that its container runs with right now; undefined if none runs. */
export function appliedText(state: State, resourceId: string, now: Date): string | undefined {
  const operation = lastOperation(state, resourceId);
  if (operation && operationState(operation, now) !== 'succeeded') {
    return operation.before ?? undefined;
  }
  return state.resources.get(resourceId.toLowerCase());
}

/**
 * Notes that a resource begins to change. The change fails if `failNext` holds the name of it.
 *
 * @param name `SERVICE` or `SERVICE/PART`
 */
export function startOperation(
  state: State,
  now: Date,
  change: {
    readonly id: string;
    readonly resourceId: string;
    readonly name: string;
    readonly kind: Operation['kind'];
  },
): Operation {
  const { facts } = state;
  const before = appliedText(state, change.resourceId, now) ?? null;
  const { [change.name]: error = null, ...failNext } = facts.behaviour.failNext;
  facts.behaviour.failNext = failNext;
  const resource = change.resourceId.toLowerCase();
  const operation: Operation = {
    id: change.id,
    resource,
    kind: change.kind,
    startedAt: now.toISOString(),
    endsAt: new Date(now.getTime() + facts.behaviour.operationSeconds * 1000).toISOString(),
    error,
    before: change.kind === 'create' ? null : before,
  };
  // The last of a resource is never dropped: it tells whether its settings hold.
  const old = facts.operations.filter(
    (one) => one.resource === resource && operationState(one, now) !== 'running',
  );
  const dropped = new Set(old.slice(0, -10));
  facts.operations = [...facts.operations.filter((one) => !dropped.has(one)), operation];
  return operation;
}
