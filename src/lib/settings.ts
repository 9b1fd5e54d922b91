import type { Host } from './host.js';

export const AUTH_KINDS = [
  'auto',
  'interactive',
  'device-code',
  'az',
  'service-principal',
  'managed-identity',
  'workload-identity',
] as const;
export type AuthKind = (typeof AUTH_KINDS)[number];

export const FORMATS = ['text', 'json', 'jsonl', 'csv', 'tsv', 'yaml', 'none'] as const;
export type Format = (typeof FORMATS)[number];

/** What was typed: the flags that any command may have. Undefined: not typed. */
export interface SettingsOptions {
  readonly subscription?: string | undefined;
  readonly resourceGroup?: string | undefined;
  readonly workspaceName?: string | undefined;
  readonly config?: string | undefined;
  readonly tenant?: string | undefined;
  readonly cloud?: string | undefined;
  readonly auth?: AuthKind | undefined;
  readonly caFile?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly local?: boolean | undefined;
  readonly localDir?: string | undefined;
  readonly output?: Format | 'table' | undefined;
  readonly query?: string | undefined;
  readonly color?: 'auto' | 'always' | 'never' | undefined;
  readonly input?: boolean | undefined;
  readonly verbose?: boolean | undefined;
  readonly debug?: boolean | undefined;
  readonly onlyShowErrors?: boolean | undefined;
}

/** What holds after flag > environment > workspace file > own settings > az defaults. */
export interface Settings {
  readonly subscriptionId: string | undefined;
  readonly resourceGroup: string | undefined;
  readonly workspaceName: string | undefined;
  readonly tenantId: string | undefined;
  /** The service that is meant where none is named. */
  readonly service: string | undefined;
  /** Where each of the above came from, for people: `--tenant`, `AZURE_TENANT_ID`, a file's path. */
  readonly sources: Readonly<Record<string, string>>;
  /** `AzureCloud`, `AzureUSGovernment`, `AzureChinaCloud`, or the URL of a cloud's ARM (metadata document). */
  readonly cloud: string;
  readonly auth: AuthKind;
  /** PEM file of private roots, trusted beside the public ones. */
  readonly caFile: string | undefined;
  /** api-version of the deployment's read-modify-write. */
  readonly apiVersion: string;
  /** The embedded Azure is used instead of a real one. */
  readonly local: boolean;
  readonly localDir: string;
  /** Where the sign-in, its tokens and the own settings are kept. */
  readonly configDir: string;
  readonly format: Format;
  /** JMESPath over the JSON of the result. */
  readonly jmesPath: string | undefined;
  /** 0: none, 1: 16 colors, 2: 256, 3: 16 million; for each stream. */
  readonly color: { readonly stdout: 0 | 1 | 2 | 3; readonly stderr: 0 | 1 | 2 | 3 };
  /** Whether a question may be asked: stdin and stderr are terminals, no `CI`, no `--no-input`. */
  readonly mayPrompt: boolean;
  readonly verbosity: 'errors' | 'normal' | 'verbose' | 'debug';
}

export declare function resolveSettings(options: SettingsOptions, host: Host): Promise<Settings>;
