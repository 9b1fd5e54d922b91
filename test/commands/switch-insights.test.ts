import { expect, test } from 'vitest';
import { Interrupted } from '../../src/lib/errors.js';
import { answerTo, json, v1Unreachable } from '../support/faults.js';
import { localCloud, type TestCloud } from '../support/local-cloud.js';
import { runCli } from '../support/run-cli.js';

const GREEN = /\/onlineEndpoints\/fraud\/deployments\/green$/;
const MY_SERVICE = /\/services\/my-service$/;

/** A v2 endpoint with the name of the v1 service: that of another endpoint, renamed. */
function alsoInV2(cloud: TestCloud): void {
  cloud.inject(async (request) => {
    if (!request.url.includes('/onlineEndpoints/my-service')) return undefined;
    const url = request.url.replace('/onlineEndpoints/my-service', '/onlineEndpoints/churn');
    const { headers, method } = request;
    const answer = await cloud.handle(new Request(url, { headers, method }));
    const text = (await answer.text()).replaceAll('churn', 'my-service');
    return new Response(text, { status: answer.status, headers: answer.headers });
  });
}

test('enable-insights switches services of both worlds and changes nothing that is on', async () => {
  const cloud = localCloud();
  const run = await runCli(['enable-insights', 'my-service', 'fraud', '-o', 'json'], { cloud });

  expect(run.status).toBe(0);
  expect(JSON.parse(run.stdout)).toMatchObject([
    { api: 'v1', service: 'my-service', part: null, insights: true, changed: true, error: null },
    { api: 'v2', service: 'fraud', part: 'blue', insights: true, changed: false, error: null },
    { api: 'v2', service: 'fraud', part: 'green', insights: true, changed: true, error: null },
  ]);
  const patch = '[{"op":"replace","path":"/appInsightsEnabled","value":true}]';
  expect(cloud.writes).toHaveLength(2);
  expect(cloud.writes).toContainEqual(expect.objectContaining({ method: 'PATCH', body: patch }));
  expect(cloud.writes).toContainEqual(expect.objectContaining({ method: 'PUT' }));
});

test('what is already so sends no write and ends with 0', async () => {
  const cloud = localCloud();
  const run = await runCli(['enable-insights', 'churn', 'pricing'], { cloud });

  expect(run).toMatchObject({ status: 0, stderr: '' });
  expect(run.stdout).toBe(
    'Application Insights is already on for churn/main.\n' +
      'Application Insights is already on for pricing.\n',
  );
  expect(cloud.writes).toEqual([]);
});

test('disable-insights turns off one deployment alone', async () => {
  const cloud = localCloud();
  const run = await runCli(['disable-insights', 'fraud/blue'], { cloud });

  expect(run.stdout).toBe('Application Insights is now off for fraud/blue.\n');
  expect(cloud.writes).toHaveLength(1);
  expect(cloud.writes[0]?.url).toContain('/deployments/blue');
});

test('one unknown name is exit status 3 with a suggestion, before any write', async () => {
  const cloud = localCloud();
  const run = await runCli(['enable-insights', 'my-service', 'chrun'], { cloud });

  expect(run).toMatchObject({ status: 3, stdout: '' });
  expect(run.stderr).toContain('There is no service "chrun" in this workspace.');
  expect(run.stderr).toContain('Did you mean churn?');
  expect(cloud.writes).toEqual([]);
});

test.each([
  ['fraud/gren', '"fraud" has no deployment "gren".', 'It has blue, green.'],
  ['my-service/blue', '"my-service" is one service, without a part "blue".', 'my-service'],
])('the unknown part %s is exit status 3', async (name, message, hint) => {
  const run = await runCli(['enable-insights', name], { cloud: localCloud() });
  expect(run.status).toBe(3);
  expect(run.stderr).toContain(message);
  expect(run.stderr).toContain(hint);
});

test('a name in both worlds is exit status 2 until --api says which', async () => {
  const cloud = localCloud();
  alsoInV2(cloud);
  const run = await runCli(['enable-insights', 'my-service'], { cloud });
  expect(run).toMatchObject({ status: 2, stdout: '' });
  expect(run.stderr).toContain('both a v1 web service and a v2 online endpoint');
  expect(run.stderr).toContain('--api v1 or --api v2');
  expect(cloud.writes).toEqual([]);

  const v1 = await runCli(['enable-insights', 'my-service', '--api', 'v1'], { cloud });
  expect(v1.status).toBe(0);
  expect(cloud.writes).toMatchObject([{ method: 'PATCH' }]);
});

test('with the hosts of v1 out of reach, v2 is switched, with a note', async () => {
  const cloud = localCloud();
  cloud.inject(v1Unreachable);
  const run = await runCli(['enable-insights', 'fraud/green'], { cloud });

  expect(run.status).toBe(0);
  expect(run.stdout).toBe('Application Insights is now on for fraud/green.\n');
  expect(run.stderr).toContain('note: The v1 web services were not asked: ');
});

test('an unknown name with v1 out of reach is not called unknown', async () => {
  const cloud = localCloud();
  cloud.inject(v1Unreachable);
  const run = await runCli(['enable-insights', 'fraude'], { cloud });

  expect(run.status).toBe(5);
  expect(run.stderr).toContain('none of the v2 online endpoints, and the v1 web services were not');
  expect(run.stderr).toContain('Did you mean fraud?');
});

test('a busy endpoint is waited for', async () => {
  const cloud = localCloud();
  const first = await runCli(['enable-insights', 'fraud/green', '--no-wait'], { cloud });
  expect(first.stdout).toContain('is being turned on for fraud/green');
  const second = await runCli(['disable-insights', 'fraud/blue'], { cloud });

  expect(second.status).toBe(0);
  expect(second.stdout).toBe('Application Insights is now off for fraud/blue.\n');
  expect(second.stderr).toContain('note: "fraud/blue" is busy');
  expect(cloud.writes).toHaveLength(2);
});

test('a busy endpoint is exit status 5 at once with --no-wait', async () => {
  const cloud = localCloud();
  await runCli(['enable-insights', 'fraud/green', '--no-wait'], { cloud });
  const before = cloud.clock.now();
  const run = await runCli(['disable-insights', 'fraud/blue', '--no-wait'], { cloud });

  expect(run).toMatchObject({ status: 5, stdout: '' });
  expect(run.stderr).toContain('"fraud/blue" is busy');
  expect(cloud.clock.now()).toEqual(before);
});

test('--no-wait with two changes of one endpoint is exit status 2 before any write', async () => {
  const cloud = localCloud();
  await runCli(['disable-insights', 'fraud/blue'], { cloud });
  const before = cloud.writes.length;
  const run = await runCli(['enable-insights', 'fraud', '--no-wait'], { cloud });

  expect(run).toMatchObject({ status: 2, stdout: '' });
  expect(run.stderr).toContain('"fraud" needs 2 changes');
  expect(run.stderr).toContain('fraud/blue, fraud/green');
  expect(cloud.writes).toHaveLength(before);
});

test('--no-wait is fine where all but one are as wished', async () => {
  const run = await runCli(['enable-insights', 'fraud', '--no-wait'], { cloud: localCloud() });
  expect(run.status).toBe(0);
});

test('--dry-run prints exactly the bytes that a real run sends, and sends none', async () => {
  const cloud = localCloud();
  const argv = ['enable-insights', 'my-service', 'fraud'];
  const dry = await runCli([...argv, '--dry-run', '-o', 'json'], { cloud });
  const text = await runCli([...argv, '--dry-run'], { cloud });
  expect({ dry: dry.status, text: text.status }).toEqual({ dry: 0, text: 0 });
  expect(cloud.writes).toEqual([]);

  await runCli(argv, { cloud });
  const outcomes: { requests: object[] }[] = JSON.parse(dry.stdout);
  const planned = outcomes.flatMap(({ requests }) => requests);
  expect(planned).toHaveLength(2);
  for (const { method, url, body } of cloud.writes) {
    expect(planned).toContainEqual(expect.objectContaining({ method, url, body }));
    expect(text.stdout).toContain(`\n${body}\n`);
  }
  expect(text.stdout).toContain('-     "appInsightsEnabled": false,');
  expect(text.stdout).toContain('+     "appInsightsEnabled": true,');
});

test('an update that Azure cannot finish is exit status 5 with its code, message and details', async () => {
  const cloud = localCloud();
  cloud.inject(
    answerTo('GET', /\/mfeOperationsStatus\//, () =>
      json({
        status: 'Failed',
        error: {
          code: 'ResourceNotReady',
          message: 'User container has crashed.',
          details: [{ code: 'ImagePull', message: 'The image is gone.' }],
        },
      }),
    ),
  );
  const run = await runCli(['enable-insights', 'fraud/green', '-o', 'json'], { cloud });

  expect(run.status).toBe(5);
  const error = { kind: 'service', code: 'ResourceNotReady' };
  expect(JSON.parse(run.stdout)).toMatchObject([{ part: 'green', changed: false, error }]);
  const said = run.stderr.split('\n').find((line) => line.startsWith('{')) ?? '';
  expect(JSON.parse(said).error).toMatchObject({
    ...error,
    details: [{ code: 'ImagePull', message: 'The image is gone.' }],
  });
  expect(JSON.parse(said).error.message).toContain('User container has crashed.');
});

test('a v1 operation that fails is exit status 5 with its code, message and details', async () => {
  const cloud = localCloud();
  cloud.inject(
    answerTo('GET', /\/operations\//, () =>
      json({
        state: 'Failed',
        error: {
          code: 'DeploymentTimedOut',
          statusCode: 400,
          message: 'The deployment operation timed out.',
          details: [{ code: 'PodUnready', message: 'It restarts.' }],
        },
      }),
    ),
  );
  const run = await runCli(['enable-insights', 'my-service'], { cloud });

  expect(run).toMatchObject({ status: 5, stdout: '' });
  for (const text of [
    'The deployment operation timed out.',
    'DeploymentTimedOut',
    'It restarts.',
  ]) {
    expect(run.stderr).toContain(text);
  }
});

test('a v1 conflict is waited for, or told with --no-wait', async () => {
  const conflict = () =>
    json({ code: 'Conflict', statusCode: 409, message: 'Another operation is running.' }, 409);
  const waiting = localCloud();
  waiting.inject(answerTo('PATCH', MY_SERVICE, conflict, 2));
  const run = await runCli(['enable-insights', 'my-service'], { cloud: waiting });
  expect(run).toMatchObject({
    status: 0,
    stdout: 'Application Insights is now on for my-service.\n',
  });

  const refusing = localCloud();
  refusing.inject(answerTo('PATCH', MY_SERVICE, conflict));
  const refused = await runCli(['enable-insights', 'my-service', '--no-wait'], { cloud: refusing });
  expect(refused.status).toBe(5);
  expect(refused.stderr).toContain('Another operation is running.');
  expect(refused.stderr).toContain('code Conflict, HTTP 409');
});

test('some that fail are exit status 8, the others are switched', async () => {
  const cloud = localCloud();
  cloud.inject(
    answerTo('PATCH', MY_SERVICE, () => json({ code: 'BadRequest', message: 'No.' }, 400)),
  );
  const run = await runCli(['enable-insights', 'my-service', 'fraud/green'], { cloud });

  expect(run.status).toBe(8);
  expect(run.stdout).toBe('Application Insights is now on for fraud/green.\n');
  expect(run.stderr).toContain('ERROR: 1 of 2 changes was not made.\n  my-service: No.');
});

test('all that fail alike have their own exit status', async () => {
  const cloud = localCloud();
  const forbidden = () => json({ error: { code: 'AuthorizationFailed', message: 'No.' } }, 403);
  cloud.inject(answerTo('PATCH', MY_SERVICE, forbidden));
  cloud.inject(answerTo('PUT', GREEN, forbidden));
  const run = await runCli(['enable-insights', 'my-service', 'fraud/green'], { cloud });

  expect(run.status).toBe(4);
  expect(run.stderr).toContain('ERROR: None of the 2 changes was made.');
});

test('--all asks on a terminal and changes nothing after a no', async () => {
  const cloud = localCloud();
  const run = await runCli(['enable-insights', '--all'], { cloud, columns: 100, answers: [false] });

  expect(run).toMatchObject({ status: 130, stdout: '' });
  expect(run.questions).toEqual([
    'Turn Application Insights on for 3 targets: fraud/green, my-service, returns?',
  ]);
  expect(run.stderr).toContain('Nothing was changed.');
  expect(cloud.writes).toEqual([]);
});

test('--all asks nothing with --yes, nor where nobody can answer', async () => {
  const asked = await runCli(['enable-insights', '--all', '--yes'], {
    cloud: localCloud(),
    columns: 100,
  });
  const piped = await runCli(['enable-insights', '--all'], { cloud: localCloud() });
  expect({ asked: asked.status, piped: piped.status }).toEqual({ asked: 0, piped: 0 });
  expect(piped.stdout.match(/is now on/g)).toHaveLength(3);
});

test('--all with a world out of reach switches the rest and ends with 8', async () => {
  const cloud = localCloud();
  cloud.inject(v1Unreachable);
  const run = await runCli(['enable-insights', '--all'], { cloud });
  expect(run.status).toBe(8);
  expect(run.stdout).toContain('now on for fraud/green');
  expect(run.stderr).toContain('The v1 web services could not be asked');
});

test.each([
  [['enable-insights'], 'No service is named.'],
  [['enable-insights', 'fraud', '--all'], 'Name services or give --all, not both.'],
  [['enable-insights', 'a/b/c'], '"a/b/c" is not a service.'],
])('%j is exit status 2', async (argv, message) => {
  const run = await runCli(argv, { cloud: localCloud() });
  expect(run.status).toBe(2);
  expect(run.stderr).toContain(message);
});

test('Ctrl-C stops the changes and says what was and was not done', async () => {
  const cloud = localCloud();
  await runCli(['disable-insights', 'fraud/blue'], { cloud });
  const controller = new AbortController();
  // The second deployment of the endpoint is being changed.
  cloud.inject(
    answerTo('PUT', GREEN, () => {
      controller.abort(new Interrupted(130));
      return json({ error: { code: 'X', message: 'x' } }, 503);
    }),
  );
  const argv = ['enable-insights', 'fraud', 'churn'];
  const run = await runCli(argv, { cloud, signal: controller.signal });

  expect(run).toMatchObject({ status: 130, stdout: '' });
  expect(run.stderr).toContain('Interrupted: changed fraud/blue; the change of fraud/green may be');
});

test('enabling warns of what Azure does with it, and only where something changes', async () => {
  const cloud = localCloud();
  const run = await runCli(['enable-insights', 'my-service', 'fraud'], { cloud });
  expect(run.stderr).toContain('WARNING: my-service: AKS replaces the only replica');
  expect(run.stderr).toContain('WARNING: fraud/green: a v2 deployment is deployed again');
  expect(run.stderr).toContain('Every response body is logged to Application Insights');
  expect(run.stderr).not.toContain('fraud/blue: a v2');

  const quiet = await runCli(['disable-insights', 'my-service', '--only-show-errors'], { cloud });
  expect(quiet).toMatchObject({ status: 0, stderr: '' });
});

test('a workspace without a component is told that nothing will arrive', async () => {
  const cloud = localCloud();
  cloud.inject(
    answerTo('GET', /\/components\/[^/]+$/i, () =>
      json({ error: { code: 'ResourceNotFound', message: 'gone' } }, 404),
    ),
  );
  const run = await runCli(['enable-insights', 'my-service'], { cloud });
  expect(run.status).toBe(0);
  expect(run.stderr).toContain('perhaps nothing will arrive');
});

test('the switch of an endpoint with versions is written once, for all of them', async () => {
  const cloud = localCloud();
  const run = await runCli(['disable-insights', 'segments/champion', '--no-wait'], { cloud });
  expect(run.status).toBe(0);
  expect(cloud.writes).toMatchObject([
    { body: '[{"op":"replace","path":"/appInsightsEnabled","value":false}]' },
  ]);
  expect(run.stderr).toContain('one switch for all versions of this endpoint');
});

test('a deployment that was scaled meanwhile keeps its new size, and that is said', async () => {
  const cloud = localCloud();
  cloud.inject(
    answerTo('GET', /\/fraud\/deployments$/, async (request) => {
      const answer = await (await cloud.open()).handle(request);
      const text = (await answer.text()).replaceAll('"capacity":1', '"capacity":7');
      return new Response(text, { status: answer.status, headers: answer.headers });
    }),
  );
  const run = await runCli(['enable-insights', 'fraud/green'], { cloud });
  expect(run.stderr).toContain('was scaled from 7 to 1 meanwhile');
  expect(cloud.writes[0]?.body).toContain('"capacity":1');
});
