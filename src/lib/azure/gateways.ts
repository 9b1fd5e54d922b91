import type { Row, Table } from '../model/table.js';
import type { Target } from '../model/target.js';
import type {
  Component,
  DiagnosticSettingsGateway,
  LogWorkspacesGateway,
  StorageAccountsGateway,
} from './telemetry-gateways.js';

/** Everything of Azure that a use case may ask, for one ML workspace. Nothing is sent until asked. */
export interface Gateways {
  readonly arm: ArmGateway;
  readonly v1: ServiceGateway;
  readonly v2: ServiceGateway;
  readonly logsQuery: LogsQueryGateway;
  readonly platformMetrics: PlatformMetricsGateway;
  readonly blobs: BlobGateway;
  readonly diagnosticSettings: DiagnosticSettingsGateway;
  readonly logWorkspaces: LogWorkspacesGateway;
  readonly storageAccounts: StorageAccountsGateway;
  readonly signIn: SignInGateway;
  readonly links: Links;
}

export interface MlWorkspace {
  readonly resourceId: string;
  readonly name: string;
  readonly location: string;
  readonly tenantId: string | null;
  readonly discoveryUrl: string | null;
  /** Resource id of the Application Insights component, null if the workspace has none. */
  readonly componentId: string | null;
  readonly storageAccountId: string | null;
  /** How Azure ML enters that account: `accesskey`, `identity`; null if the workspace does not say. */
  readonly systemDatastoresAuthMode: string | null;
}

/** Gateway to Azure Resource Manager, beside endpoints and deployments. */
export interface ArmGateway {
  /** Asked once and remembered for the life of the gateway. @throws {CliError} `not-found` */
  getWorkspace(): Promise<MlWorkspace>;
  /** Whether an Application Insights component exists and may be seen. */
  componentExists(componentId: string): Promise<boolean>;
  /** @throws {CliError} `not-found` */
  getComponent(componentId: string): Promise<Component>;
  /** The storage account and container behind a datastore of the workspace. */
  getDatastore(
    name: string,
  ): Promise<{ readonly accountName: string; readonly containerName: string }>;
}

/** One write as it is sent, or as it would be. */
export interface WriteRequest {
  readonly method: string;
  readonly url: string;
  readonly contentType: string;
  /** Exactly the text that is sent. */
  readonly body: string;
}

export interface Change {
  /** False: it was already so, and nothing was sent. */
  readonly changed: boolean;
  /** False: accepted by Azure but not awaited, as asked for by `wait: false`. */
  readonly applied: boolean;
  /** The writes that were sent, or with `dryRun` would be, in order. Empty if nothing needs to change. */
  readonly requests: readonly WriteRequest[];
  /** What the last write replaces, as text to compare its body with: that body without the change. */
  readonly before: string | null;
}

export interface ChangeOptions {
  /** Wait until Azure reports the change applied. While the target is busy: wait too, else fail at once. */
  readonly wait: boolean;
  /** Compute the requests, send no write. */
  readonly dryRun: boolean;
  /** Told what the user should know on the way: a capacity that changed meanwhile, a wait for a busy endpoint. */
  readonly onNote: (note: string) => void;
}

/** What `collect` asks for. Members that are undefined stay as they are. */
export interface CollectionChange {
  /** `forget`: v2 only, remove the configuration (null). */
  readonly to: 'on' | 'off' | 'forget';
  readonly collections?: readonly string[];
  /** 0 to 1. */
  readonly samplingRate?: number;
  readonly rollingRate?: 'Year' | 'Month' | 'Day' | 'Hour' | 'Minute';
}

export interface LogOptions {
  /** Lines from the end. */
  readonly tail: number;
  readonly container: 'server' | 'init';
}

/** What both worlds of Azure ML can do: v1 web services (`mms.ts`), v2 online endpoints (`online-endpoints.ts`). */
export interface ServiceGateway {
  /** Every target, or those of one service; none if there is no such service. An endpoint without deployments has no targets. */
  findTargets(service?: string): AsyncIterable<Target>;
  /** The names of all services, those without targets too. */
  listServices(): AsyncIterable<string>;
  /** Reads the target again, writes only if it differs. @throws {CliError} with Azure's code, message and details */
  setInsights(target: Target, insights: boolean, options: ChangeOptions): Promise<Change>;
  /** As `setInsights`. @throws {CliError} `unsupported` before any write where Azure cannot collect */
  setCollection(target: Target, change: CollectionChange, options: ChangeOptions): Promise<Change>;
  /** Why this target cannot collect model data, as the error that `setCollection` would throw; null if it can. No request. */
  cannotCollect(target: Target): Error | null;
  /**
   * Where collections go that have a data asset of the user's own, as URIs by their names. Empty for v1; those
   * whose asset may not be seen are left out.
   */
  findDataUris(target: Target): Promise<ReadonlyMap<string, string>>;
  /** The last lines of one replica exactly as sent: untrusted text, possibly empty. */
  readLogs(target: Target, options: LogOptions): Promise<string>;
}

export interface QueryOptions {
  /** Azure Monitor's ISO 8601 text; nothing is sent if undefined. */
  readonly timespan?: string;
  /** Ask Azure to name the tables that the caller may not read. */
  readonly includePermissions?: boolean;
  /** Ask Azure what answering costs. */
  readonly includeStatistics?: boolean;
  /** Seconds that the service may take, 1 to 600. */
  readonly serverTimeoutSeconds?: number;
  /** Ends the query with its reason, beside the gateway's own. */
  readonly signal?: AbortSignal;
}

export interface PartialError {
  /** The innermost code, such as `-2133196797`. */
  readonly code: string;
  readonly message: string;
  /** The file that holds the answer, if it was not asked now. */
  readonly file?: string;
}

/** What answering a query cost; null is what the service does not tell. */
export interface QueryStatistics {
  readonly executionSeconds: number | null;
  /** Processor time over all nodes, in ticks of 100 ns. */
  readonly cpuTicks: bigint | null;
  /** Of the node that used most. */
  readonly peakMemoryBytes: number | null;
  /** Rows that were looked at, of those that the tables hold. */
  readonly scannedRows: number | null;
  readonly totalRows: number | null;
  /** Rows and bytes of the result itself, before it was cut. */
  readonly resultRows: number | null;
  readonly resultBytes: number | null;
  /** All of it, JSON as sent. */
  readonly json: string;
}

/** What is only known at the end of an answer. */
export interface AnswerEnding {
  /** What the answer lacks, null if it is whole. */
  readonly partialError: PartialError | null;
  /** Tables that the caller may not read, if `includePermissions` was asked. */
  readonly deniedTables: readonly string[];
  /** The hint of a `render` operator, JSON as sent. */
  readonly render: string | null;
  /** Null unless `includeStatistics` was asked. */
  readonly statistics: QueryStatistics | null;
}

/** An answer on its way: its connection stays open until the tables are read, or given up by leaving their loop. */
export interface QueryAnswer {
  /** The tables in the order of the answer; empty if the service sent nothing. Read each before the next. */
  readonly tables: AsyncIterable<Table>;
  /** Known once the tables are read. */
  readonly ending: () => AnswerEnding;
}

/** Gateway to Log Analytics' query API, addressed by resource id. */
export interface LogsQueryGateway {
  query(resourceId: string, kql: string, options?: QueryOptions): Promise<QueryAnswer>;
}

export interface PlatformMetricsOptions {
  readonly metrics: readonly string[];
  /** Series are told apart by these dimensions. */
  readonly dimensions: readonly string[];
  /** Values of a dimension that are wanted; all of the others. */
  readonly only?: Readonly<Record<string, string>>;
  readonly from: Date;
  readonly to: Date;
  /** The length of a bin, ISO 8601: one that Azure Monitor has. */
  readonly interval: string;
}

export interface PlatformSeries {
  readonly metric: string;
  /** Azure's word, such as `MilliSeconds`; empty if it gave none. */
  readonly unit: string;
  /** By the names of the dimensions, in lower case. */
  readonly dimensions: Readonly<Record<string, string>>;
  /** Averages of the bins, by their start; null: nothing was measured. */
  readonly points: readonly { readonly at: Date; readonly average: number | null }[];
}

/** Gateway to what Azure Monitor measures itself of v2 online endpoints. */
export interface PlatformMetricsGateway {
  read(endpoint: string, options: PlatformMetricsOptions): Promise<readonly PlatformSeries[]>;
}

export interface BlobContainer {
  readonly accountName: string;
  readonly containerName: string;
}

/** A blob as a list tells it. Its name is untrusted text. */
export interface BlobItem {
  readonly name: string;
  readonly sizeBytes: number;
  /** With its quotes, as sent. It changes whenever the blob does. */
  readonly etag: string;
  /** What another blob of the same name has not; null where the service does not tell it. To the second. */
  readonly created: Date | null;
  readonly modified: Date;
  /** May grow at its end without what is there changing. */
  readonly isAppend: boolean;
}

/** What blobs below it have in common. */
export interface BlobFolder {
  readonly folder: string;
}

export interface BlobRange {
  /** The first byte. Default 0. */
  readonly from?: number;
  /** How many bytes at most. Default: up to the end. */
  readonly length?: number;
  /** Only this state of the blob is wanted. */
  readonly etag?: string;
  readonly signal?: AbortSignal;
}

export interface BlobContent {
  readonly etag: string;
  /** As in a list. */
  readonly created: Date | null;
  /** Of the whole blob, whatever was asked for. */
  readonly sizeBytes: number;
  /** Can be read once. A connection that drops is taken up where it broke. */
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** Gateway to Blob Storage. Reads only. */
export interface BlobGateway {
  /**
   * Blobs below a prefix in the order of their names, asked for page by page.
   *
   * @throws {CliError} `not-found` if there is no such container, `auth` with the role that is missing
   */
  list(container: BlobContainer, prefix: string, signal?: AbortSignal): AsyncIterable<BlobItem>;
  /** What is right below a prefix: blobs, and the prefixes, ending in `/`, of what has more below it. */
  listLevel(
    container: BlobContainer,
    prefix: string,
    signal?: AbortSignal,
  ): AsyncIterable<BlobItem | BlobFolder>;
  /**
   * Bytes of a blob; none if the range begins at its end.
   *
   * @throws {CliError} `not-found`; `service` with code `ConditionNotMet` if the blob has another `etag` now
   */
  read(container: BlobContainer, name: string, range?: BlobRange): Promise<BlobContent>;
}

export type { Row };

export interface SignedIn {
  /** User principal name or application id, from the token's claims. */
  readonly account: string;
  readonly tenantId: string;
  readonly objectId: string | null;
  /** The kind that answered: `service-principal`, `device-code`, `az`, … */
  readonly auth: string;
  readonly expiresOn: Date;
}

export interface SignInGateway {
  /** Who the caller is, after asking for a management token. @throws {CliError} `auth` */
  whoAmI(): Promise<SignedIn>;
}

/** Pages for people, in the right cloud and tenant. */
export interface Links {
  studio(workspace: MlWorkspace, target?: Target): string;
  portal(resourceId: string, tenantId: string | null): string;
}
