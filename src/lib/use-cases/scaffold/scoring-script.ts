import { PAYLOADS, type ScaffoldPlan } from './plan-scaffold.js';
import { pythonList, pythonName, pythonText } from './python-text.js';

/** What a collector takes: what came in, what goes out, or the one beside the other. */
type Share = 'inputs' | 'outputs' | 'both';

interface Collector {
  readonly name: string;
  readonly variable: string;
  readonly share: Share;
}

const EXPRESSION: Readonly<Record<Share, string>> = {
  inputs: 'inputs',
  outputs: 'outputs',
  both: 'inputs.join(outputs)',
};

/** A scoring script that prints its traces as JSON and collects what the plan says. */
export function scoringScript(plan: ScaffoldPlan): string {
  const collectors = collectorsOf(plan);
  const isV1 = plan.generation === 'v1';
  return [
    isV1 ? HEAD_V1 : headV2(collectors),
    constants(plan, collectors),
    init(plan, collectors),
    RUN(scoring(plan, collectors)),
    ...(isV1 && collectors.length > 0 ? [collectV1(collectors)] : []),
    ...(!isV1 && collectors.length > 0 ? [COLLECTOR_FAILED] : []),
    HELPERS,
  ].join('\n\n');
}

function collectorsOf({ collections }: ScaffoldPlan): readonly Collector[] {
  const names = collections.map(({ name }) => name).filter((name) => !PAYLOADS.includes(name));
  const taken = new Set<string>();
  const collectors = names.map((name): Collector => {
    let variable = `${pythonName(name)}_collector`;
    while (taken.has(variable)) variable = `_${variable}`;
    taken.add(variable);
    return { name, variable, share: shareOf(name) };
  });
  const order: readonly Share[] = ['inputs', 'outputs', 'both'];
  return collectors.sort((a, b) => order.indexOf(a.share) - order.indexOf(b.share));
}

function shareOf(name: string): Share {
  const isOutput = /output|prediction|result/i.test(name);
  if (!isOutput) return 'inputs';
  return /input|feature/i.test(name) ? 'both' : 'outputs';
}

function headV2(collectors: readonly Collector[]): string {
  const collects =
    collectors.length === 0
      ? 'It has no collectors: Azure collects requests and responses without any.'
      : `A collector collects only if the deployment has a collection of its name, enabled.
At most five are possible.`;
  const packages = collectors.length === 0 ? '' : 'azureml-ai-monitoring, ';
  return `"""Scores the requests of an online endpoint, prints traces and collects model data.

Application Insights gets what print() writes to stdout, one row of \`traces\` a print. It
never gets what goes to Python's logging or to stderr: that is in the container's log.
${collects}

Packages: ${packages}azureml-inference-server-http, joblib, pandas,
and those of the model.
"""

import json
import math
import numbers
import os
import time
from pathlib import Path

import joblib
import pandas as pd${collectors.length === 0 ? '' : '\nfrom azureml.ai.monitoring import Collector'}`;
}

const HEAD_V1 = `"""Scores the requests of a v1 web service, prints traces and collects model data.

Application Insights gets what print() writes to stdout, one row of \`traces\` a print. It
never gets what goes to Python's logging or to stderr: that is in the container's log.
Model data is collected on AKS, and only where collect_model_data is True.

Packages: azureml-defaults, azureml-monitoring, joblib, pandas, and those of the model.
azureml-monitoring needs libssl 1.0.0, which the images of Ubuntu 18.04 have.
"""

import json
import math
import numbers
import os
import time
from pathlib import Path

import joblib
import pandas as pd
from azureml.monitoring import ModelDataCollector`;

function constants(
  { generation, modelName, featureNames }: ScaffoldPlan,
  collectors: readonly Collector[],
): string {
  const limit =
    generation === 'v1'
      ? `# Application Insights cuts what is printed after 8 192 characters.\nMOST_CHARACTERS = 8_000`
      : `# Application Insights cuts a message after 32 768 characters.\nMOST_CHARACTERS = 32_000`;
  const model =
    generation === 'v1' && collectors.length > 0
      ? `# As it is registered: under any other name the data goes to a version "default".\nMODEL_NAME = ${pythonText(modelName)}\n`
      : '';
  const names = featureNames === undefined ? 'None' : pythonList(featureNames);
  return `${model}# The columns of a request that does not name them; None: x0, x1 and so on.
FEATURE_NAMES = ${names}
${limit}
# How many rows of a request its trace shows; 0: no data in Application Insights.
TRACED_ROWS = 20
`;
}

function init({ generation }: ScaffoldPlan, collectors: readonly Collector[]): string {
  const variables = ['model', ...collectors.map(({ variable }) => variable)].join(', ');
  const lines = collectors.map(({ name, variable, share }) => {
    if (generation === 'v2') {
      return `    ${variable} = Collector(name=${pythonText(name)}, on_error=collector_failed)\n`;
    }
    const features = share === 'inputs' ? 'FEATURE_NAMES' : '["prediction"]';
    return `    ${variable} = ModelDataCollector(
        MODEL_NAME, designation=${pythonText(name)}, feature_names=${features}
    )\n`;
  });
  return `def init():
    """Runs once in each worker, before the first request."""
    global ${variables}
    model = load_model()
${lines.join('')}`;
}

/** The lines that score and collect, in this order: what is collected of the inputs is there if scoring fails. */
function scoring({ generation }: ScaffoldPlan, collectors: readonly Collector[]): string {
  const asked = '        inputs = read_inputs(raw_data)\n';
  const answered = '        predictions = predict(inputs)\n';
  const outputs = '        outputs = pd.DataFrame({"prediction": predictions})\n';
  if (collectors.length === 0) return asked + answered;
  if (generation === 'v1') {
    return `${asked}${answered}${outputs}        collect(inputs, outputs)\n`;
  }
  const [first] = collectors;
  const collects = collectors.map((collector) => {
    const { variable, share } = collector;
    if (collector !== first) return `        ${variable}.collect(${EXPRESSION[share]}, context)\n`;
    const context = collectors.length > 1 ? 'context = ' : '';
    return `        ${context}${variable}.collect(${EXPRESSION[share]})\n`;
  });
  const count = collectors.filter(({ share }) => share === 'inputs').length;
  const needsOutputs = count < collectors.length;
  return [
    asked,
    ...collects.slice(0, count),
    answered,
    ...(needsOutputs ? [outputs] : []),
    ...collects.slice(count),
  ].join('');
}

const RUN = (lines: string) => `def run(raw_data):
    """Answers one request: \`{"data": [[...], ...]}\`."""
    started = time.perf_counter()
    try:
${lines}    except Exception as error:
        trace("failed", error=repr(error))
        raise
    trace(
        "scored",
        rows=len(inputs),
        milliseconds=round((time.perf_counter() - started) * 1000, 1),
        input=inputs.head(TRACED_ROWS).to_dict(orient="records"),
        prediction=predictions[:TRACED_ROWS],
    )
    return predictions
`;

const COLLECTOR_FAILED = `def collector_failed(error):
    """Without it, what cannot be collected makes the request fail."""
    trace("not collected", error=repr(error))
`;

function collectV1(collectors: readonly Collector[]): string {
  const inputs = collectors.find(({ share }) => share === 'inputs');
  const outputs = collectors.find(({ share }) => share === 'outputs');
  const lines = [];
  if (inputs) {
    const correlations = outputs ? 'correlations = ' : '';
    lines.push(`        ${correlations}${inputs.variable}.collect(inputs)\n`);
  }
  if (outputs) {
    const { variable } = outputs;
    if (inputs) {
      lines.push(`        outputs = ${variable}.add_correlations(outputs, correlations)\n`);
    }
    lines.push(`        ${variable}.collect(outputs)\n`);
  }
  return `def collect(inputs, outputs):
    """What cannot be collected does not make the request fail."""
    try:
${lines.join('')}    except Exception as error:
        trace("not collected", error=repr(error))
`;
}

const HELPERS = `def load_model():
    """Loads the model that the service was deployed with. Change it to what yours needs."""
    folder = Path(os.environ["AZUREML_MODEL_DIR"])
    files = sorted(each for each in folder.rglob("*") if each.suffix in (".pkl", ".joblib"))
    if not files:
        raise FileNotFoundError(f"There is no .pkl or .joblib file in {folder}.")
    return joblib.load(files[0])


def read_inputs(raw_data):
    """The rows of a request, under the names of their columns."""
    body = json.loads(raw_data)
    data = body.get("input_data", body.get("data")) if isinstance(body, dict) else body
    if data is None:
        raise ValueError('A request looks like {"data": [[...], ...]}.')
    if isinstance(data, dict) and "columns" in data:
        return pd.DataFrame(data["data"], columns=data["columns"])
    if len(data) == 0:
        return pd.DataFrame(columns=FEATURE_NAMES or [])
    frame = pd.DataFrame(data)
    if all(isinstance(name, int) for name in frame.columns):
        frame.columns = FEATURE_NAMES or [f"x{number}" for number in frame.columns]
    return frame


def predict(inputs):
    """A list with the prediction for each row; a list of its own if that has more than one part."""
    if len(inputs) == 0:
        return []
    predictions = model.predict(inputs)
    if isinstance(predictions, pd.DataFrame):
        rows = predictions.to_dict(orient="split")["data"]
        return [row[0] if len(row) == 1 else list(row) for row in rows]
    return predictions.tolist() if hasattr(predictions, "tolist") else list(predictions)


def trace(event, **facts):
    """Prints one JSON object: one row of \`traces\`. It is cut if it is too long, and stays JSON."""
    keep = MOST_CHARACTERS
    text = json.dumps({"event": event, **plain(facts, keep)})
    while len(text) > MOST_CHARACTERS:
        keep //= 2
        text = json.dumps({"event": event, "truncated": True, **plain(facts, keep)})
    print(text)


def plain(value, keep):
    """The value as JSON has it, with at most so many characters and members in each part."""
    if isinstance(value, dict):
        return {str(name)[:100]: plain(value[name], keep) for name in list(value)[:keep]}
    if isinstance(value, (list, tuple)):
        return [plain(each, keep) for each in value[:keep]]
    if value is None or isinstance(value, (bool, str)):
        return value[:keep] if isinstance(value, str) else value
    if isinstance(value, numbers.Integral):
        return int(value)
    if isinstance(value, numbers.Real) and math.isfinite(value):
        return float(value)
    return str(value)[:keep]
`;
