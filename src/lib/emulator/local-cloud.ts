/** The embedded Azure: one function from Request to Response, over a folder that holds all its state. */
export interface LocalCloud {
  /** Any host name is answered as if it were the cloud's own; the path decides. Throws only if the state cannot be read. */
  readonly handle: (request: Request) => Promise<Response>;
  /** What a client has to know to use it in process, at `https://localhost`. */
  readonly connection: LocalConnection;
  /** Replaces the whole state. */
  readonly reset: (seed: Seed) => Promise<void>;
  /** Serves `handle` over HTTPS on 127.0.0.1 until closed. */
  readonly listen: (options: { readonly port?: number }) => Promise<LocalServer>;
  /** Sends one scoring request to a service, as a client of it would. */
  readonly score: (service: string, part: string | null, body: string) => Promise<ScoreAnswer>;
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

export interface ScoreAnswer {
  readonly status: number;
  readonly body: string;
  readonly requestId: string;
}
