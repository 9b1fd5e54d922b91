import { isWholeRequest } from '../../../python/kinds.js';
import type { Call, PythonScript } from '../../../python/script.js';
import { nodesOf, type PythonNode } from '../../../python/tree.js';
import type { Api } from '../../find-targets.js';
import { constantText } from './collectors.js';
import type { Remark } from './finding.js';
import { headOf } from './places.js';

const LOG_METHODS = [
  ...['critical', 'debug', 'error', 'exception', 'fatal', 'info', 'log', 'warn', 'warning'],
];

/** Packages that send what is logged to Application Insights on their own. */
const EXPORTERS =
  /^(applicationinsights|azure\.monitor|azureml_appinsights_logger|opencensus|opentelemetry)(\.|$)/;

/** Loggers of the inference server that it sends. */
const SENT_LOGGERS = /^azmlinfsrv\.(print|trace)(\.|$)/;

/** The longest text that Application Insights keeps of a print: in v1 a property, in v2 the message. */
const LONGEST = { v1: '8 192', v2: '32 768' } as const;

/**
 * What a script writes that Application Insights does not see, or not whole.
 *
 * Known from: SDK source (azureml-inference-server, `print_log_hook.py`, `appinsights_client.py`): the handler of
 * Application Insights is on the logger of print() alone.
 */
export function traceRemarks(script: PythonScript, api: Api): readonly Remark[] {
  const inRun = script.reachableFrom('run');
  const inInit = script.reachableFrom('init');
  const calledByInit = script.calledFrom('init');
  // `later`: what init() hands to others, such as to `on_error`, runs when they call it.
  const when = (node: PythonNode): 'request' | 'start' | 'later' | 'never' => {
    const place = script.functionOf(node);
    if (place !== undefined && inRun.has(place)) return 'request';
    if (place !== undefined && !inInit.has(place)) return 'never';
    if (script.isInLambda(node)) return 'later';
    return place === undefined || calledByInit.has(place) ? 'start' : 'later';
  };
  const calls = script.calls.filter(({ node }) => when(node) !== 'never');
  const attributes = attributesOf(script);
  const prints = calls.filter((call) => call.path === 'builtins.print' && isToStdout(script, call));
  return [
    ...(exportsLogs(script, api)
      ? []
      : calls.flatMap((call) => loggingRemarks(script, call, attributes))),
    ...calls.flatMap((call) => streamRemarks(script, call, api)),
    ...prints
      .filter(({ node }) => when(node) === 'start')
      .map(({ node }): Remark => {
        return {
          id: 'print-outside-run',
          at: node,
          message: 'This is printed once, when a worker starts, and belongs to no request.',
          fix: 'Print in run() what is about a request.',
        };
      }),
    ...prints.flatMap((call) => payloadRemarks(script, call, api)),
    ...silenceRemarks(script),
  ];
}

/** What is assigned to each attribute, such as `self.logger`. */
type Attributes = ReadonlyMap<string, readonly (PythonNode | undefined)[]>;

function attributesOf({ root }: PythonScript): Attributes {
  const values = new Map<string, (PythonNode | undefined)[]>();
  for (const { type, children } of nodesOf(root)) {
    const [target] = children;
    if (type !== 'AssignStatement' || target?.type !== 'MemberExpression') continue;
    const { text } = target;
    const known = values.get(text);
    if (known) known.push(children.at(-1));
    else values.set(text, [children.at(-1)]);
  }
  return values;
}

function loggingRemarks(
  script: PythonScript,
  { node, callee, path }: Call,
  attributes: Attributes,
): readonly Remark[] {
  const [logger, dot, method] = callee.children;
  if (dot?.type !== '.' || !logger || !LOG_METHODS.includes(method?.text ?? '')) return [];
  const isOfModule = path === `logging.${method?.text}`;
  const made = isOfModule ? undefined : loggerCall(script, logger, attributes);
  if (!isOfModule && !made) return [];
  const [name] = made?.args ?? [];
  const text = name && constantText(script, name.value);
  if (text !== undefined && SENT_LOGGERS.test(text)) return [];
  return [
    {
      id: 'logging-unseen',
      at: node,
      message:
        'Application Insights never gets what goes to logging: at most the container log has it.',
      fix: 'Print it: print(json.dumps({"event": …})).',
    },
  ];
}

/** The call of `logging.getLogger` that a logger comes from; undefined if it may come from elsewhere. */
function loggerCall(
  script: PythonScript,
  logger: PythonNode,
  attributes: Attributes,
): Call | undefined {
  let value: PythonNode | undefined = logger;
  if (logger.type === 'VariableName') {
    const [only, second] = script.bindings(logger);
    value = only?.kind === 'value' && !second ? only.value : undefined;
  } else if (logger.type === 'MemberExpression') {
    const [only, ...more] = attributes.get(logger.text) ?? [];
    value = more.length === 0 ? only : undefined;
  }
  const call = script.callOf(value);
  return call?.path === 'logging.getLogger' ? call : undefined;
}

/** Whether the script may send what it logs by itself: with an exporter, or a handler that is not one of logging's own. */
function exportsLogs(script: PythonScript, api: Api): boolean {
  const imports = [...nodesOf(script.root)].filter(({ type }) => type === 'ImportStatement');
  const hasExporter = imports.some(({ children }) => {
    const from = children[0]?.type === 'from';
    const end = children.findIndex(({ type }) => type === (from ? 'import' : 'as'));
    const module = children.slice(1, end === -1 ? undefined : end).map(({ text }) => text);
    return EXPORTERS.test(module.join(''));
  });
  return (
    hasExporter ||
    script.calls.some(({ callee, path, args }) => {
      if (path?.startsWith('logging.config.')) return true;
      if (path === 'logging.basicConfig') {
        // The images of v1 took up what was written to stdout in any way.
        return args.some(({ name, star, value }) => {
          if (star !== undefined || name === 'handlers') return true;
          return api === 'v1' && name === 'stream' && script.pathOf(value) === 'sys.stdout';
        });
      }
      if (!callee.text.endsWith('.addHandler')) return false;
      const [handler] = args;
      return !handler || !isOwnHandler(script, handler.value, api);
    })
  );
}

/** Whether this is a handler of Python's own, which sends nothing to Application Insights. */
function isOwnHandler(script: PythonScript, expression: PythonNode, api: Api): boolean {
  let value: PythonNode | undefined = expression;
  if (expression.type === 'VariableName') {
    const [only, second] = script.bindings(expression);
    value = only?.kind === 'value' && !second ? only.value : undefined;
  }
  const call = script.callOf(value);
  if (!call?.path?.startsWith('logging.')) return false;
  return api === 'v2' || !call.args.some((each) => script.pathOf(each.value) === 'sys.stdout');
}

/** The calls that print for a request where Application Insights sees it. */
export function printsOf(script: PythonScript): readonly Call[] {
  const inRun = script.reachableFrom('run');
  return script.calls.filter((call) => {
    const place = script.functionOf(call.node);
    const isPrint = call.path === 'builtins.print' && isToStdout(script, call);
    return isPrint && place !== undefined && inRun.has(place);
  });
}

function isToStdout(script: PythonScript, { args }: Call): boolean {
  const file = args.find(({ name }) => name === 'file');
  return file === undefined || script.pathOf(file.value) === 'sys.stdout';
}

function streamRemarks(
  script: PythonScript,
  { node, path, args }: Call,
  api: Api,
): readonly Remark[] {
  const file = args.find(({ name }) => name === 'file');
  const isStderr =
    (path === 'builtins.print' && file && script.pathOf(file.value) === 'sys.stderr') ||
    path === 'sys.stderr.write';
  if (isStderr) {
    return [
      {
        id: 'print-to-stderr',
        at: node,
        message: 'Application Insights never gets what goes to stderr; the container log has it.',
        fix: 'Print it to stdout: print(…) without file.',
      },
    ];
  }
  if (api === 'v1' || path !== 'sys.stdout.write') return [];
  return [
    {
      id: 'stdout-write',
      at: node,
      message:
        'Application Insights gets what print() writes, not what is written to stdout in another way.',
      fix: 'Write print(…) instead.',
    },
  ];
}

function payloadRemarks(script: PythonScript, { args }: Call, api: Api): readonly Remark[] {
  const whole = args.find(({ name, value }) => name === undefined && isWholeRequest(script, value));
  if (!whole) return [];
  return [
    {
      id: 'print-payload',
      at: whole.value,
      message: `This prints a whole request; Application Insights cuts it after ${LONGEST[api]} characters.`,
      fix: 'Print its size and first rows, or cut the text before it is printed.',
    },
  ];
}

function silenceRemarks(script: PythonScript): readonly Remark[] {
  const [run] = script.moduleBindings('run');
  // What Python 2 prints is no call.
  if (printsOf(script).length > 0 || run?.kind !== 'function' || script.pythonTwo) return [];
  return [
    {
      id: 'no-print',
      at: headOf(script, 'run'),
      message: 'run() prints nothing, so `traces` has nothing of its own about a request.',
      fix: 'Print one JSON object a request, as scaffold score.py does.',
    },
  ];
}
