'use strict';

// The built tool in a process of its own, on services whose logs are scripted: the file SERVICES holds, as JSON, what
// the log of each service is at each poll. Time runs fifty times as fast.

const { readFileSync } = require('node:fs');
const { createProcessHost } = require('../../dist/lib/process-host.cjs');
const { run } = require('../../dist/commands/main.cjs');

const SPEED = 50;
const services = JSON.parse(readFileSync(process.env.SERVICES, 'utf8'));
let poll = 0;

const target = (service) => ({
  api: 'v1',
  service,
  part: null,
  computeType: 'AKS',
  state: 'Healthy',
  insights: false,
  collection: false,
  collections: [],
  scoringUri: null,
  replicas: 1,
  dataPaths: [],
  failure: null,
});

const none = { async *findTargets() {}, async *listServices() {} };
const scripted = {
  async *findTargets(service) {
    if (service in services) yield target(service);
  },
  async *listServices() {
    yield* Object.keys(services);
  },
  async readLogs({ service }, { tail }) {
    const looks = services[service];
    const look = looks[Math.min(poll, looks.length - 1)];
    return look.slice(-tail).join('\n');
  },
};

const real = createProcessHost(process);
const host = Object.create(real, {
  connect: { value: async () => ({ v1: scripted, v2: none }) },
  clock: {
    value: {
      ...real.clock,
      sleep(ms, signal) {
        poll += 1;
        return real.clock.sleep(ms / SPEED, signal);
      },
    },
  },
});

run(process.argv.slice(2), host).then((status) => {
  process.exitCode = status;
});
