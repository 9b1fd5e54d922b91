import type { Cloud } from '../cloud.js';
import type { ScoreAnswer, ScoreRequest } from '../local-cloud.js';
import { serviceId, WORKSPACE_ID } from '../resources/resource-ids.js';
import { chooseDeployment, chooseVersion } from './choose-serving.js';
import { leaveTraces, runModel } from './score.js';
import type { Scored } from './scored.js';

/**
 * Answers requests as the scoring URI of a service does; what they leave is written once for all of them, as servers
 * that send it in batches do.
 */
export async function scoreRequests(
  cloud: Cloud,
  service: string,
  part: string | null,
  requests: readonly ScoreRequest[],
): Promise<readonly ScoreAnswer[]> {
  const state = await cloud.store.read();
  const isV1 = state.resources.has(serviceId(WORKSPACE_ID, service).toLowerCase());
  const choose = isV1 ? chooseVersion : chooseDeployment;
  const all: Scored[] = [];
  const answers = requests.map(({ body, at }): ScoreAnswer => {
    const now = cloud.now();
    const requestId = crypto.randomUUID();
    const chosen = choose(state, { service, part: part ?? undefined, requestId }, now);
    if ('message' in chosen) {
      const { status, message } = chosen;
      return { status, body: JSON.stringify({ message }), requestId: '' };
    }
    const scored = runModel(chosen, { body, at: at ?? now, requestId, userAgent: 'aml-monitor' });
    all.push(scored);
    return { status: scored.status, body: scored.response, requestId };
  });
  await leaveTraces(cloud, state, all);
  return answers;
}
