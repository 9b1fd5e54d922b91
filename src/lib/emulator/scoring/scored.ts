import type { Rows } from './model.js';
import type { Serving } from './serving.js';

/** One scoring request that a container has answered: what all its traces are made from. */
export interface Scored {
  readonly serving: Serving;
  readonly at: Date;
  readonly requestId: string;
  readonly clientRequestId: string;
  readonly input: string;
  readonly rows: Rows;
  readonly predictions: readonly number[];
  readonly status: number;
  readonly response: string;
  readonly durationMs: number;
  readonly userAgent: string;
  /** What `run()` raised. */
  readonly error: { readonly type: string; readonly message: string } | null;
}

/** What the scoring script prints for a request. */
export function printed({ input, predictions, error }: Scored): string | null {
  if (error) return null;
  const parsed: unknown = JSON.parse(input);
  return JSON.stringify({ input: parsed, output: predictions });
}

export function traceback({ error }: Scored): readonly string[] {
  if (!error) return [];
  return [
    'Traceback (most recent call last):',
    '  File "/var/azureml-app/score.py", line 31, in run',
    '    rows = to_frame(json.loads(raw_data))',
    '  File "/var/azureml-app/score.py", line 18, in to_frame',
    '    raise ValueError(reason)',
    `${error.type}: ${error.message}`,
  ];
}
