import type { Change } from './gateways.js';

/** An Application Insights component. */
export interface Component {
  readonly resourceId: string;
  readonly name: string;
  readonly location: string;
  /** Resource id of the Log Analytics workspace that keeps its telemetry; null: a classic one, which keeps it itself. */
  readonly logWorkspaceId: string | null;
  /** Its own retention, which holds for a classic one alone. */
  readonly retentionDays: number | null;
}

/** What a resource can send: a kind of log, or its metrics. */
export interface DiagnosticCategory {
  /** As Azure spells it, such as `AppTraces`. */
  readonly name: string;
  readonly isLog: boolean;
  /** Groups that it belongs to, such as `allLogs`. */
  readonly groups: readonly string[];
}

/** One line of a diagnostic setting: a category or a group of them, sent or not. */
export interface DiagnosticLine {
  readonly category: string | null;
  readonly group: string | null;
  readonly enabled: boolean;
  /** Days of a retention policy, which Azure once applied in storage; null without one that is on. */
  readonly retentionDays: number | null;
}

/** What of a resource is sent where. Each destination gets all of its lines. */
export interface DiagnosticSetting {
  readonly name: string;
  readonly storageAccountId: string | null;
  readonly logWorkspaceId: string | null;
  readonly eventHub: { readonly ruleId: string; readonly name: string | null } | null;
  readonly partnerId: string | null;
  /** Members that are set and unknown here: each may be another destination. */
  readonly others: readonly string[];
  readonly logs: readonly DiagnosticLine[];
  readonly metrics: readonly DiagnosticLine[];
}

/** What changes in a setting; all else stays as it is. */
export interface SettingEdit {
  /** Null takes the destination away; undefined leaves it. */
  readonly storageAccountId?: string | null;
  /** Categories and groups to turn on or off, by Azure's spelling. */
  readonly logs: readonly DiagnosticSwitch[];
}

export interface DiagnosticSwitch {
  readonly name: string;
  readonly of: 'category' | 'group';
  readonly enabled: boolean;
}

/** Gateway to the diagnostic settings of a resource. */
export interface DiagnosticSettingsGateway {
  list(resourceId: string): Promise<readonly DiagnosticSetting[]>;
  listCategories(resourceId: string): Promise<readonly DiagnosticCategory[]>;
  /**
   * Reads a setting again and changes it as `decide` wants, given what there is: null if there is none of the name.
   * All that an edit does not name is sent back as Azure sent it; null changes nothing. If the setting is another one
   * by the time that `decide` ends, it is asked again. `onSend` is called right before the change is sent.
   *
   * @throws {CliError} with Azure's code, message and details; whatever `decide` throws
   */
  change(
    resourceId: string,
    name: string,
    decide: (setting: DiagnosticSetting | null) => Promise<SettingEdit | 'removed' | null>,
    options: { readonly dryRun: boolean; readonly onSend: () => void },
  ): Promise<Change>;
}

export interface StorageAccount {
  readonly resourceId: string;
  readonly name: string;
  readonly location: string;
  /** Without a slash at its end; null for an account without a blob service. */
  readonly blobEndpoint: string | null;
  readonly isPremium: boolean;
  /** Its endpoints are in a DNS zone of Azure's choice. */
  readonly hasZoneEndpoints: boolean;
  /** Its firewall keeps out even Azure's own services. */
  readonly isWalled: boolean;
}

/** Gateway to storage accounts as resources. */
export interface StorageAccountsGateway {
  /** @throws {CliError} `not-found` */
  get(resourceId: string): Promise<StorageAccount>;
  /** Resource id of the account of a name in a subscription; undefined if it has none that the caller may see. */
  findId(subscriptionId: string, name: string): Promise<string | undefined>;
  /** A key of the account; undefined if the caller may not have it. */
  findKey(resourceId: string): Promise<string | undefined>;
}

/** How long a table of a Log Analytics workspace keeps its rows. */
export interface LogTable {
  /** As Azure spells it, such as `AppTraces`. */
  readonly name: string;
  /** Azure's word: `Analytics`, `Basic`, `Auxiliary`; null if it tells none. */
  readonly plan: string | null;
  /** Days that rows can be queried. */
  readonly retentionDays: number | null;
  /** They follow the workspace; null if Azure does not tell. */
  readonly isRetentionDefault: boolean | null;
  /** Days until rows are gone. */
  readonly totalDays: number | null;
  /** They follow `retentionDays`. */
  readonly isTotalDefault: boolean | null;
  /** Azure's word, such as `Succeeded` or `InProgress`. */
  readonly state: string | null;
}

/** Days, or null for the default; what is undefined stays. */
export interface RetentionChange {
  readonly retentionDays?: number | null;
  readonly totalDays?: number | null;
}

/** A rule by which a Log Analytics workspace copies the rows of tables elsewhere. */
export interface DataExport {
  readonly name: string;
  readonly enabled: boolean;
  readonly destinationId: string;
  readonly tables: readonly string[];
}

/** Gateway to Log Analytics workspaces, beside queries. */
export interface LogWorkspacesGateway {
  listTables(workspaceId: string): Promise<readonly LogTable[]>;
  /** Undefined if there is none of the name. @throws {CliError} `not-found` if there is no such workspace */
  findTable(workspaceId: string, name: string): Promise<LogTable | undefined>;
  /** Waits while the table is being changed, and until Azure has applied it. */
  setRetention(
    workspaceId: string,
    name: string,
    change: RetentionChange,
    options: { readonly dryRun: boolean; readonly onNote: (note: string) => void },
  ): Promise<Change>;
  listDataExports(workspaceId: string): Promise<readonly DataExport[]>;
}
