// A server in front of another that lets each request wait, and remembers what was asked for.

import { Agent, createServer, request } from 'node:http';

/**
 * Listens on 127.0.0.1 and hands requests on to `port` there, `delayMs` after they came. `asked` has method, path and
 * range of each, how many bytes its answer had, and when it came and was answered.
 */
export async function startSlowProxy(port, delayMs) {
  const asked = [];
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const server = createServer({ keepAliveTimeout: 60_000 }, (incoming, outgoing) => {
    const { method, url, headers } = incoming;
    const entry = {
      method,
      url,
      range: headers['x-ms-range'] ?? headers.range,
      bytes: 0,
      begunMs: performance.now(),
      endedMs: Number.NaN,
    };
    asked.push(entry);
    setTimeout(() => {
      const handed = request({ host: '127.0.0.1', port, method, path: url, headers, agent });
      handed.on('response', (answer) => {
        outgoing.writeHead(answer.statusCode, answer.rawHeaders);
        answer.on('data', (bytes) => {
          entry.bytes += bytes.length;
        });
        answer.on('end', () => {
          entry.endedMs = performance.now();
        });
        answer.pipe(outgoing);
      });
      const giveUp = () => outgoing.destroy();
      handed.on('error', giveUp);
      outgoing.on('close', () => handed.destroy());
      incoming.pipe(handed);
    }, delayMs);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: server.address().port,
    asked,
    close() {
      agent.destroy();
      server.closeAllConnections();
      server.close();
    },
  };
}
