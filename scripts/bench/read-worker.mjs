// Reads the answer whole, in one of the ways that there are: `sdk URL` or `fetch URL`.

const [, , way, address] = process.argv;
const url = new URL(address);

if (way === 'sdk') {
  const { LogsQueryClient } = await import('@azure/monitor-query');
  const credential = {
    getToken: async () => ({ token: 'x', expiresOnTimestamp: Date.now() + 3_600_000 }),
  };
  const client = new LogsQueryClient(credential, {
    endpoint: `${url.origin}/v1`,
    audience: url.origin,
  });
  const path = url.pathname.replace('/v1/', '/').replace('/query', '');
  const { tables } = await client.queryResource(path, 'traces', { duration: 'P30D' });
  check(tables[0].rows.length);
} else {
  const body = JSON.stringify({ query: 'traces' });
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body });
  const { tables } = JSON.parse(await response.text());
  check(tables[0].rows.length);
}

function check(count) {
  const expected = Number(/rows-(\d+)/.exec(url.pathname)?.[1]);
  if (count !== expected) throw new Error(`${count} rows came, not ${expected}.`);
}
