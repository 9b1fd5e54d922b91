/** The embedded Azure: one function from Request to Response, over a folder that holds all its state. */
export interface LocalCloud {
  /** Any host name is answered as if it were the cloud's own; the path decides. Throws if the state cannot
   * be read, or where the connection of a request is to break. */
  readonly handle: (request: Request) => Promise<Response>;
  /** What a client has to know to use it in process, at `https://localhost`. */
  readonly connection: LocalConnection;
  /** Replaces the whole state. */
  readonly reset: (seed: Seed) => Promise<void>;
  /** Changes how the query API behaves, for every process that uses the state, until it is changed again or reset. */
  readonly switchQueries: (switches: QuerySwitches) => Promise<void>;
  /** Adds the rows of telemetry files, by name, folder or pattern, to the tables. */
  readonly load: (patterns: readonly string[], from: LoadFrom) => Promise<readonly LoadedTable[]>;
  /** Serves `handle` over HTTPS on 127.0.0.1 until closed. */
  readonly listen: (options: { readonly port?: number }) => Promise<LocalServer>;
  /** Sends scoring requests to a service, as a client of it would. */
  readonly score: (
    service: string,
    part: string | null,
    requests: readonly ScoreRequest[],
  ) => Promise<readonly ScoreAnswer[]>;
  /**
   * A body that the sample's model takes, the same for the same seed.
   *
   * @param shifts by how many standard deviations features are higher than usual
   * @throws {CliError} `usage` if there is no such feature
   */
  readonly drawInput: (seed: string, shifts: Readonly<Record<string, number>>) => string;
}

/** Of `query` in `behaviour`, docs/local-cloud.md, what programs are tried with. */
export interface QuerySwitches {
  readonly rowLimit?: number;
  readonly byteLimit?: number;
  readonly latencyMs?: number;
  readonly throttle?: { readonly requests: number; readonly seconds: number } | null;
  readonly faults?: { readonly rate?: number; readonly seed?: string };
}

export interface LoadFrom {
  /** What the names of files are relative to. */
  readonly cwd: string;
  readonly signal: AbortSignal;
}

export interface LoadedTable {
  /** Its classic name. */
  readonly table: string;
  readonly rows: number;
}

export type Seed = 'sample' | 'empty';

export interface LocalConnection {
  /** `https://localhost`, in process; the metadata document is below it. */
  readonly origin: string;
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly workspaceName: string;
  readonly service: string;
}

export interface LocalServer {
  /** `https://localhost:PORT` */
  readonly origin: string;
  /** PEM file with the root certificate that clients have to trust. */
  readonly caFile: string;
  readonly close: () => Promise<void>;
}

export interface ScoreRequest {
  readonly body: string;
  /** When it is taken to have come; now by default. */
  readonly at?: Date;
}

export interface ScoreAnswer {
  readonly status: number;
  readonly body: string;
  readonly requestId: string;
}
