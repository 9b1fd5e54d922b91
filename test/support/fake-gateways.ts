import type { Gateways, QueryAnswer, ServiceGateway } from '../../src/lib/azure/gateways.js';
import type { Column, Row } from '../../src/lib/model/table.js';
import type { Target } from '../../src/lib/model/target.js';

export const COMPONENT =
  '/subscriptions/s/resourceGroups/g/providers/microsoft.insights/components/sample';

const unused = (name: string) => () => {
  throw new Error(`This test gave its gateways no ${name}.`);
};

/** A world of services whose calls fail when they are used; give it the ones that the test is about. */
export function fakeWorld(parts: Partial<ServiceGateway> = {}): ServiceGateway {
  return {
    findTargets: async function* () {},
    listServices: async function* () {},
    setInsights: unused('setInsights'),
    setCollection: unused('setCollection'),
    cannotCollect: () => null,
    findDataUris: async () => new Map(),
    readLogs: unused('readLogs'),
    ...parts,
  };
}

/** Gateways for faults that the local cloud cannot have: everything that is not given fails when it is used. */
export function fakeGateways(parts: Partial<Gateways> = {}): Gateways {
  return {
    arm: {
      getWorkspace: async () => ({
        resourceId: '/subscriptions/s/resourceGroups/g/providers/x/workspaces/w',
        name: 'w',
        location: 'westeurope',
        tenantId: null,
        discoveryUrl: null,
        componentId: COMPONENT,
        storageAccountId: null,
        systemDatastoresAuthMode: null,
      }),
      componentExists: async () => true,
      getComponent: unused('getComponent'),
      getDatastore: unused('getDatastore'),
    },
    v1: fakeWorld(),
    v2: fakeWorld(),
    logsQuery: { query: unused('query') },
    platformMetrics: { read: unused('read') },
    blobs: { list: unused('list'), listLevel: unused('listLevel'), read: unused('read') },
    diagnosticSettings: {
      list: unused('list'),
      listCategories: unused('listCategories'),
      change: unused('change'),
    },
    logWorkspaces: {
      listTables: unused('listTables'),
      findTable: unused('findTable'),
      setRetention: unused('setRetention'),
      listDataExports: unused('listDataExports'),
    },
    storageAccounts: { get: unused('get'), findId: unused('findId'), findKey: unused('findKey') },
    signIn: { whoAmI: unused('whoAmI') },
    links: { studio: () => '', portal: () => '' },
    ...parts,
  };
}

export function fakeTarget(
  service: string,
  part: string | null = null,
  more: Partial<Target> = {},
): Target {
  return {
    api: part === null ? 'v1' : 'v2',
    service,
    part,
    computeType: part === null ? 'AKS' : 'Managed',
    state: 'Healthy',
    insights: false,
    collection: false,
    collections: [],
    scoringUri: null,
    replicas: 1,
    dataPaths: [],
    failure: null,
    ...more,
  };
}

/** An answer of Log Analytics with one table. */
export function fakeAnswer(
  columns: readonly Column[],
  rows: readonly Row[],
  ending: Partial<ReturnType<QueryAnswer['ending']>> = {},
): QueryAnswer {
  async function* each() {
    yield* rows;
  }
  async function* tables() {
    yield { columns, rows: each() };
  }
  return {
    tables: tables(),
    ending: () => ({
      partialError: null,
      deniedTables: [],
      render: null,
      statistics: null,
      ...ending,
    }),
  };
}
