import type { ScriptSurroundings } from '../../../src/lib/use-cases/scaffold/check/check-script.js';
import type { Deployed } from '../../../src/lib/use-cases/scaffold/check/deployed.js';
import type { FindingId } from '../../../src/lib/use-cases/scaffold/check/finding.js';

const HEAD = `import json
import logging
import sys
import numpy as np
import pandas as pd
from azureml.ai.monitoring import Collector
`;

/** A v2 script of which a line or two can be another. */
export function v2({
  make = 'inputs_collector = Collector(name="model_inputs", on_error=print)',
  global: names = 'global inputs_collector',
  collect = 'inputs_collector.collect(pd.DataFrame(data))',
  run = 'def run(raw_data):',
  more = '',
  init = '',
}: Partial<Record<'make' | 'global' | 'collect' | 'run' | 'more' | 'init', string>> = {}): string {
  return `${HEAD}
${more}

def init():
    ${names}
    ${make}
    ${init || 'pass'}

${run}
    data = json.loads(raw_data)["data"]
    ${collect}
    print(json.dumps({"rows": len(data)}))
    return []
`;
}

export function v1({
  inputs = 'inputs_dc = ModelDataCollector("ridge", designation="inputs", feature_names=["a"])',
  predictions = 'predictions_dc = ModelDataCollector("ridge", designation="predictions", feature_names=["p"])',
  collect = 'predictions_dc.collect(predictions_dc.add_correlations(result, inputs_dc.collect(data)))',
}: Partial<Record<'inputs' | 'predictions' | 'collect', string>> = {}): string {
  return `import json
import numpy as np
from azureml.monitoring import ModelDataCollector

def init():
    global inputs_dc, predictions_dc
    ${inputs}
    ${predictions}

def run(raw_data):
    data = np.array(json.loads(raw_data)["data"])
    result = model.predict(data)
    ${collect}
    print(json.dumps({"rows": len(data)}))
    return result.tolist()
`;
}

const yaml = (...lines: readonly string[]) => `endpoint_name: fraud\n${lines.join('\n')}\n`;
const ON = 'app_insights_enabled: true';
export const collects = (lines: string, rest = '') =>
  yaml(ON, `data_collector:\n${rest}  collections:\n${lines}`);
export const INPUTS = "    model_inputs:\n      enabled: 'True'";

export const blue: Deployed = {
  name: 'fraud/blue',
  api: 'v2',
  insights: true,
  collection: true,
  collections: [
    { name: 'request', enabled: true },
    { name: 'model_inputs', enabled: true },
    { name: 'off', enabled: false },
  ],
  models: undefined,
};
export const aks: Deployed = {
  ...blue,
  name: 'price',
  api: 'v1',
  collections: [],
  models: ['ridge'],
};

interface Example extends ScriptSurroundings {
  readonly file?: string;
  readonly bad: string;
  readonly good: string;
  /** What is under the first caret. */
  readonly at?: string;
}

const deploy = (call: string) =>
  `from azureml.core.webservice import AciWebservice, AksWebservice as Aks\nconfig = ${call}\n`;

/** Of each finding a script or deployment that has it, and one that is alike and has it not. */
const EXAMPLES: Readonly<Record<FindingId, Example | readonly Example[]>> = {
  'app-insights-off': [
    { file: 'd.yml', bad: yaml('name: blue'), good: collects(INPUTS) },
    { file: 'd.yml', bad: yaml('app_insights_enabled: false'), good: yaml(ON) },
    ...["'true'", 'yes', `\${{insights}}`].map((on) => {
      const good = yaml(`app_insights_enabled: ${on}`);
      return { file: 'd.yml', bad: yaml("app_insights_enabled: 'no'"), good };
    }),
    {
      file: 'deploy.py',
      bad: deploy('Aks.deploy_configuration(collect_model_data=True)'),
      good: deploy('Aks.deploy_configuration(enable_app_insights=True)'),
    },
    { bad: v2(), good: '', deployed: { ...blue, insights: false } },
  ],
  'collect-not-dataframe': [
    {
      bad: v2({ collect: 'inputs_collector.collect(data)' }),
      good: v2({ collect: 'inputs_collector.collect(pd.DataFrame(data))' }),
      at: 'data',
    },
    {
      bad: v2({ collect: 'inputs_collector.collect(model.predict(data).tolist())' }),
      good: v2({ collect: 'inputs_collector.collect(model.predict(data))' }),
    },
    {
      bad: v2({
        collect: 'inputs_collector.collect(rows(data))',
        more: 'def rows(x):\n    return [x]',
      }),
      good: v2({
        collect: 'inputs_collector.collect(rows(data))',
        more: 'def rows(x):\n    if x:\n        return [x]\n    return pd.DataFrame(x)',
      }),
    },
  ],
  'collection-disabled': {
    file: 'd.yml',
    bad: collects(`${INPUTS}\n    request:\n      enabled: 'False'`),
    good: collects(INPUTS),
    at: "enabled: 'False'",
  },
  'collection-off': [
    { file: 'd.yaml', bad: yaml(ON), good: collects(INPUTS) },
    {
      file: 'deploy.py',
      bad: deploy('Aks.deploy_configuration(enable_app_insights=True, collect_model_data=False)'),
      good: deploy('Aks.deploy_configuration(**options)'),
    },
    { bad: v1(), good: '', deployed: { ...aks, collection: false } },
  ],
  'collection-without-collector': {
    bad: v2({ make: 'inputs_collector = Collector(name="request", on_error=print)' }),
    good: v2(),
    deployed: blue,
  },
  'collector-arguments': [
    {
      bad: v2({ make: 'inputs_collector = Collector("model_inputs", on_error=print)' }),
      good: v2({ make: 'inputs_collector = Collector(**options)' }),
      at: '"model_inputs"',
    },
    {
      bad: v2({ make: 'inputs_collector = Collector(on_error=print)' }),
      good: v2(),
      at: 'Collector(on_error=print)',
    },
    {
      bad: v1({ inputs: 'inputs_dc = ModelDataCollector("ridge", identifier="inputs")' }),
      good: v1(),
    },
    { bad: v1({ inputs: 'inputs_dc = ModelDataCollector()' }), good: v1() },
  ],
  'collector-disabled': {
    bad: v2({ make: 'inputs_collector = Collector(name="off", on_error=print)' }),
    good: v2(),
    deployed: blue,
    at: '"off"',
  },
  'collector-in-run': [
    {
      bad: v2({ collect: 'Collector(name="x", on_error=print).collect(pd.DataFrame(data))' }),
      good: v2(),
    },
    {
      bad: v2({
        more: 'def made():\n    return Collector(name="x", on_error=print)',
        collect: 'made().collect(pd.DataFrame(data))',
      }),
      good: v2({
        more: 'made = None\ndef get():\n    global made\n    if made is None:\n        made = Collector(name="x", on_error=print)\n    return made',
        collect: 'get().collect(pd.DataFrame(data))',
      }),
    },
  ],
  'collector-local': { bad: v2({ global: '' }), good: v2(), at: 'inputs_collector' },
  'collector-module': [
    { bad: 'from azure.ai.monitoring import Collector\n', good: HEAD },
    { bad: 'from azureml.datacollector import ModelDataCollector\n', good: HEAD },
  ],
  'collector-not-in-deployment': {
    bad: v2({ make: 'inputs_collector = Collector(name="inputs", on_error=print)' }),
    good: v2({
      more: 'NAME = "model_inputs"',
      make: 'inputs_collector = Collector(name=NAME, on_error=print)',
    }),
    deployed: blue,
    at: '"inputs"',
  },
  'collector-unused': [
    {
      bad: v2({ collect: '' }),
      good: v2({
        collect: 'for each in [inputs_collector]:\n        each.collect(pd.DataFrame(data))',
      }),
    },
    {
      bad: v2({ init: 'Collector(name="model_outputs", on_error=print)' }),
      good: v2({
        collect:
          'Collector(name="model_outputs", on_error=print).collect(pd.DataFrame(data))\n    inputs_collector.collect(pd.DataFrame(data))',
      }),
      at: 'Collector(name="model_outputs", on_error=print)',
    },
  ],
  'collectors-too-many': {
    bad: v2({ init: `all = [${'Collector(name="x", on_error=print), '.repeat(5)}]` }),
    good: v2({ init: `all = [${'Collector(name="x", on_error=print), '.repeat(4)}]` }),
  },
  'compute-cannot-collect': {
    file: 'deploy.py',
    bad: deploy('AciWebservice.deploy_configuration(collect_model_data=True)'),
    good: deploy('AciWebservice.deploy_configuration(enable_app_insights=True)'),
  },
  'designation-unknown': {
    bad: v1({ inputs: 'inputs_dc = ModelDataCollector("ridge", designation="input")' }),
    good: v1({ inputs: 'inputs_dc = ModelDataCollector("ridge", "inputs")' }),
    at: '"input"',
  },
  'enabled-not-text': {
    file: 'd.yml',
    bad: collects('    request:\n      enabled: true'),
    good: collects('    request:\n      enabled: "true"'),
    at: 'enabled: true',
  },
  'error-hidden': [
    {
      bad: v2({ collect: 'try:\n        pass\n    except Exception as e:\n        return str(e)' }),
      good: v2({
        collect:
          'try:\n        pass\n    except Exception as e:\n        print(e)\n        return str(e)',
      }),
      at: 'except Exception',
    },
    {
      bad: v2({
        collect:
          'try:\n        pass\n    except:\n        logging.error("x")\n        return {"error": 1}',
      }),
      good: v2({
        collect: 'try:\n        pass\n    except KeyError:\n        return {"error": 1}',
      }),
    },
    {
      bad: v2({
        collect:
          'try:\n        pass\n    except Exception as e:\n        return json.dumps(repr(e))',
      }),
      good: v2({
        collect:
          'try:\n        pass\n    except Exception as e:\n        return AMLResponse(str(e), 500)',
      }),
    },
    {
      bad: v2({
        collect:
          'try:\n        result = data\n    except Exception as e:\n        result = {"error": str(e)}\n    return result',
      }),
      good: v2({
        collect:
          'try:\n        result = data\n    except Exception:\n        result = []\n    return result',
      }),
      at: 'except Exception',
    },
    {
      bad: v2({
        collect:
          'error = None\n    try:\n        pass\n    except:\n        error = traceback.format_exc()\n    return json.dumps([error])',
        more: 'import traceback',
      }),
      good: v2({
        collect:
          'error = None\n    try:\n        pass\n    except Exception as e:\n        error = e\n    if error:\n        raise error\n    return [error]',
      }),
    },
    {
      bad: v2({
        collect:
          'try:\n        result = data\n    except Exception as e:\n        for each in e.args:\n            if each: continue\n            break\n        result = {"error": str(e)}\n    return result',
      }),
      good: v2({
        collect:
          'for each in [1]:\n        try:\n            result = data\n        except Exception as e:\n            result = str(e)\n            continue\n    return result',
      }),
      at: 'except Exception',
    },
    {
      bad: v2({
        collect:
          'try:\n        result = data\n    except Exception as e:\n        def text():\n            return "failed"\n        result = {"error": str(e)}\n    return result',
      }),
      good: v2({
        collect:
          'try:\n        result = data\n    except Exception as e:\n        def text():\n            return "failed"\n        result = []\n    return result',
      }),
      at: 'except Exception',
    },
    {
      bad: v2({ collect: 'try:\n        pass\n    except BaseException:\n        return []' }),
      good: v2({
        collect:
          'try:\n        pass\n    except Exception as e:\n        log(e)\n        return []',
        more: 'def log(e):\n    print(e)',
      }),
    },
  ],
  'logging-unseen': [
    { bad: v2({ init: 'logging.info("ready")' }), good: v2(), at: 'logging.info("ready")' },
    {
      bad: v2({ more: 'log = logging.getLogger(__name__)', init: 'log.warning("ready")' }),
      good: v2({ more: 'log = logging.getLogger("azmlinfsrv.print")', init: 'log.info("ready")' }),
    },
    {
      bad: v2({ more: 'from logging import getLogger as g', init: 'g("x").error("ready")' }),
      good: v2({ more: 'from loguru import logger', init: 'logger.error("ready")' }),
    },
    {
      bad: v2({
        more: 'logging.getLogger().addHandler(logging.StreamHandler())',
        init: 'logging.info(1)',
      }),
      good: v2({
        more: 'logging.getLogger().addHandler(AzureLogHandler())',
        init: 'logging.info(1)',
      }),
    },
    {
      bad: v2({ more: 'import opencensuses', init: 'logging.info(1)' }),
      good: v2({ more: 'from opencensus.ext.azure import log_exporter', init: 'logging.info(1)' }),
    },
    {
      bad: v2({ init: 'logging.info("x")', more: 'if __name__ == "__main__":\n    init()' }),
      good: v2({
        more: 'def never():\n    logging.info(1)\nif __name__ == "__main__":\n    logging.info("x")',
      }),
    },
  ],
  'model-name-unknown': {
    bad: v1({ inputs: 'inputs_dc = ModelDataCollector("rigde", designation="inputs")' }),
    good: v1(),
    deployed: aks,
    at: '"rigde"',
  },
  'no-add-correlations': {
    bad: v1({ collect: 'inputs_dc.collect(data); predictions_dc.collect(result)' }),
    good: v1(),
    at: 'predictions_dc.collect(result)',
  },
  'no-collector': { bad: 'def init(): pass\ndef run(x): print(1)\n', good: v2() },
  'no-context': {
    bad: v2({
      global: 'global inputs_collector, outputs',
      init: 'outputs = Collector(name="model_outputs", on_error=print)',
      collect:
        'context = inputs_collector.collect(pd.DataFrame(data)); outputs.collect(pd.DataFrame(data))',
    }),
    good: v2({
      global: 'global inputs_collector, outputs',
      init: 'outputs = Collector(name="model_outputs", on_error=print)',
      collect: 'outputs.collect(pd.DataFrame(data), inputs_collector.collect(pd.DataFrame(data)))',
    }),
  },
  'no-feature-names': [
    { bad: v1({ inputs: 'inputs_dc = ModelDataCollector("ridge", "inputs")' }), good: v1() },
    {
      bad: v1({ inputs: 'inputs_dc = ModelDataCollector("ridge", "inputs", None)' }),
      good: v1({
        inputs: 'inputs_dc = ModelDataCollector("ridge", "inputs")',
        collect: 'inputs_dc.collect(frame)',
      }),
    },
  ],
  'no-init': { bad: 'def run(x): print(1)\n', good: 'from other import *\ndef run(x): print(1)\n' },
  'no-on-error': {
    bad: v2({ make: 'inputs_collector = Collector(name="model_inputs")' }),
    good: v2({
      make: 'inputs_collector = Collector(name="model_inputs")',
      collect:
        'try:\n        inputs_collector.collect(pd.DataFrame(data))\n    except Exception as e:\n        print(e)',
    }),
  },
  'no-print': {
    bad: 'def init(): print("x")\ndef run(x): return 1\n',
    good: 'def init(): pass\ndef say(x): print(x)\ndef run(x): return list(map(say, [1]))\n',
    at: 'def run',
  },
  'no-run': { bad: 'def init(): pass\n', good: 'from .service import init, run\n' },
  'package-missing': {
    bad: v2(),
    good: v1(),
    packages: { file: 'conda.yml', names: new Set(['azureml-monitoring']) },
  },
  'print-outside-run': [
    { bad: v2({ more: 'print("loading")' }), good: v2(), at: 'print("loading")' },
    {
      bad: v2({ init: 'print("ready")' }),
      good: v2({ more: 'from rich import print', init: 'print("ready")' }),
    },
  ],
  'print-payload': [
    { bad: v2({ collect: 'print(raw_data)' }), good: v2({ collect: 'print(raw_data[:500])' }) },
    {
      bad: v2({ collect: 'print(json.dumps(data))' }),
      good: v2({ collect: 'print(json.dumps(data[:10]))' }),
      at: 'json.dumps(data)',
    },
    {
      bad: v2({ collect: 'print(f"got {data} at last")' }),
      good: v2({ collect: 'print(f"got {len(data)} rows", type(data))' }),
    },
    {
      bad: v2({ collect: 'print("got %s" % data)' }),
      good: v2({ collect: 'print("got {}".format(data["id"][0]))' }),
    },
    {
      bad: v2({ collect: 'print("got {}".format(str(data)))' }),
      good: v2({
        run: '@input_schema("raw_data", sample)\ndef run(raw_data):',
        collect: 'print(raw_data)',
      }),
    },
  ],
  'print-to-stderr': [
    {
      bad: v2({ init: 'print("x", file=sys.stderr)' }),
      good: v2({ init: 'print("x", file=log)' }),
    },
    { bad: v2({ init: 'sys.stderr.write("x")' }), good: v2() },
  ],
  'rolling-rate': {
    file: 'd.yml',
    bad: collects(INPUTS, '  rolling_rate: hourly\n'),
    good: collects(INPUTS, '  rolling_rate: Hour\n'),
    at: 'rolling_rate: hourly',
  },
  'run-signature': [
    { bad: v2({ run: 'def run(raw_data, **more):' }), good: v2(), at: '**' },
    {
      bad: v2({ run: 'def run():' }),
      good: v2({ run: 'def run(raw_data: str, *, k=1) -> list:' }),
    },
    {
      bad: v2({ run: 'def run(request_headers):' }),
      good: v2({ run: 'def run(raw_data, request_headers):' }),
    },
  ],
  'sampling-rate': [
    {
      file: 'd.yml',
      bad: collects(INPUTS, '  sampling_rate: 50\n'),
      good: collects(INPUTS, '  sampling_rate: 0.5\n'),
      at: 'sampling_rate: 50',
    },
    { file: 'd.yml', bad: collects(`${INPUTS}\n      sampling_rate: 1`), good: collects(INPUTS) },
  ],
  'stdout-write': {
    bad: v2({ init: 'sys.stdout.write("x")' }),
    good: v2(),
    at: 'sys.stdout.write("x")',
  },
  'unknown-field': [
    {
      file: 'd.yml',
      bad: collects(INPUTS, '  samplingRate: 1\n'),
      good: collects(INPUTS, '  request_logging:\n    capture_headers: [x]\n'),
      at: 'samplingRate: 1',
    },
    {
      file: 'd.yml',
      bad: collects(`${INPUTS}\n      dataid: x`),
      good: collects(`${INPUTS}\n      data: azureml:x:1`),
      at: 'dataid: x',
    },
  ],
  unreadable: [
    { bad: v2({ init: 'x = = 1' }), good: v2({ init: 'x = {**a, "b": lambda *c: c}' }) },
    {
      bad: v2({ init: 'print "ready"' }),
      good: v2({ init: 'print ("ready")' }),
      at: 'print "ready"',
    },
    {
      bad: v2({ init: 'try:\n        pass\n    except ValueError, e:\n        raise' }),
      good: v2({
        init: 'try:\n        pass\n    except (ValueError, KeyError) as e:\n        raise',
      }),
    },
  ],
  'wrong-generation': [
    { bad: v1(), good: v2(), generation: 'v2' },
    { bad: v2(), good: v1(), deployed: aks },
    {
      bad: v2({
        more: 'from azureml.monitoring import ModelDataCollector as M',
        init: 'M("ridge")',
      }),
      good: v2(),
    },
  ],
};

export const cases = Object.entries(EXAMPLES).flatMap(([id, examples]) =>
  [examples].flat().map((example: Example) => ({ id, ...example })),
);
