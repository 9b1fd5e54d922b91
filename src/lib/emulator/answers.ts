import { randomUUID } from 'node:crypto';

/** Thrown by a handler to answer at once. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly response: Response;

  constructor(response: Response) {
    super(`answered ${response.status}`);
    this.response = response;
  }
}

/** Thrown by a handler, or within a body, to answer nothing more: the connection breaks. */
export class Dropped extends Error {
  override readonly name = 'Dropped';
  readonly code = 'ECONNRESET';

  constructor() {
    super('the local cloud dropped the connection');
  }
}

export interface AnswerOptions {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer whose body is JSON text already: it is sent as it is. */
export function jsonText(text: string, options?: AnswerOptions): Response {
  return jsonBody(text, options);
}

/** The same piece by piece. */
export function jsonBody(
  body: string | ReadableStream<Uint8Array>,
  { status = 200, headers = {} }: AnswerOptions = {},
): Response {
  const type = { 'content-type': 'application/json; charset=utf-8' };
  return new Response(body, { status, headers: { ...type, ...headers } });
}

export function json(value: unknown, options?: AnswerOptions): Response {
  return jsonText(JSON.stringify(value), options);
}

export interface FaultDetail {
  readonly code: string;
  readonly message: string;
}

/** What is wrong, in the words of every one of Azure's error shapes. */
export interface Fault {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly target?: string;
  readonly details?: readonly FaultDetail[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** ARM's envelope. */
export function armFault({ status, headers, code, message, target, details }: Fault): Refusal {
  const error = { code, message, ...(target && { target }), ...(details && { details }) };
  return new Refusal(json({ error }, { status, ...(headers && { headers }) }));
}

/** ARM's envelope as Azure ML's own front end fills it. */
export function mlFault(fault: Fault, now: Date): Refusal {
  const { status, headers, code, message, target, details } = fault;
  const info = (type: string, value: unknown) => ({ type, info: { value } });
  const error = {
    code,
    message,
    ...(target && { target }),
    details: details ?? [],
    additionalInfo: [
      info('ComponentName', 'managementfrontend'),
      info('Correlation', { operation: operationId(), request: randomUUID().slice(0, 16) }),
      info('Environment', 'local'),
      info('Location', 'local'),
      info('Time', now.toISOString()),
    ],
  };
  return new Refusal(json({ error }, { status, ...(headers && { headers }) }));
}

/** The flat shape of the v1 model management service. */
export function flatFault({ status, headers, code, message, details }: Fault): Refusal {
  const body = { code, statusCode: status, message, ...(details && { details }) };
  return new Refusal(json(body, { status, ...(headers && { headers }) }));
}

export interface InnerFault extends FaultDetail {
  readonly [member: string]: unknown;
  readonly innererror?: InnerFault;
}

/** The shape of Log Analytics: reasons nest in `innererror`. */
export function logsFault(fault: Fault & { readonly innererror?: InnerFault }): Refusal {
  const { status, headers, code, message, innererror } = fault;
  const error = { message, code, correlationId: randomUUID(), ...(innererror && { innererror }) };
  return new Refusal(json({ error }, { status, ...(headers && { headers }) }));
}

/** The XML shape of Blob Storage. @param fault `detail` is told to whoever could not be authenticated */
export function storageFault(fault: Fault & { readonly detail?: string }): Refusal {
  const { status, headers, code, message, detail } = fault;
  const requestId = randomUUID();
  const text = `${escapeXml(message)}\nRequestId:${requestId}`;
  const reason = detail
    ? `<AuthenticationErrorDetail>${escapeXml(detail)}</AuthenticationErrorDetail>`
    : '';
  const body = `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${text}</Message>${reason}</Error>`;
  const facts = { 'x-ms-error-code': code, 'x-ms-request-id': requestId };
  return new Refusal(
    // A 304 has no body.
    new Response(status === 304 ? null : body, {
      status,
      headers: { 'content-type': 'application/xml', ...facts, ...headers },
    }),
  );
}

export function escapeXml(text: string): string {
  return text.replace(
    /[<>&'"]/g,
    (character) =>
      ({ '<': '&lt;', '>': '&gt;', '&': '&amp;', "'": '&apos;', '"': '&quot;' })[character] ?? '',
  );
}

/** An operation id as Azure writes it: 32 hexadecimal digits. */
export function operationId(): string {
  return randomUUID().replaceAll('-', '');
}
