import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { realFiles, temporaryFolder } from './host.js';

const run = promisify(execFile);

/** Modules as small as a scoring script needs them, in place of packages that are not on this machine. */
const MODULES = {
  'joblib.py': `
class Model:
    def predict(self, frame):
        return [sum(value for value in row.values() if isinstance(value, (int, float))) for row in frame.rows]

def load(path):
    return Model()
`,
  'pandas.py': `
class DataFrame:
    def __init__(self, data=(), columns=None):
        if isinstance(data, dict):
            names = list(data)
            data = [list(row) for row in zip(*data.values())]
        elif data and isinstance(data[0], dict):
            names = list(data[0])
            data = [[row[name] for name in names] for row in data]
        else:
            names = list(columns) if columns is not None else list(range(len(data[0]) if data else 0))
        for row in data:
            if len(row) != len(names):
                raise ValueError(f"{len(names)} columns passed, passed data had {len(row)} columns")
        self.values, self._names = data, names

    @property
    def columns(self):
        return self._names

    @columns.setter
    def columns(self, names):
        if len(names) != len(self._names):
            raise ValueError("Length mismatch")
        self._names = list(names)

    @property
    def rows(self):
        return [dict(zip(self._names, row)) for row in self.values]

    def __len__(self):
        return len(self.values)

    def __iter__(self):
        return iter(self._names)

    def head(self, count):
        return DataFrame(self.values[:count], columns=self._names)

    def join(self, other):
        rows = [list(a) + list(b) for a, b in zip(self.values, other.values)]
        return DataFrame(rows, columns=self._names + other._names)

    def to_dict(self, orient):
        if orient == "split":
            return {"columns": self._names, "data": [list(row) for row in self.values]}
        assert orient == "records"
        return self.rows
`,
  'azureml/__init__.py': '',
  'azureml/ai/__init__.py': '',
  'azureml/ai/monitoring/__init__.py': `
import pandas

COLLECTED = []

class Collector:
    def __init__(self, *, name, on_error=None):
        self.name, self.on_error = name, on_error

    def collect(self, data, correlation_context=None):
        context = correlation_context or f"context {len(COLLECTED)}"
        if isinstance(data, pandas.DataFrame) and len(data) < 100:
            COLLECTED.append({"name": self.name, "columns": data.columns, "rows": len(data), "context": context})
        else:
            error = TypeError("cannot be collected")
            if self.on_error is None:
                raise error
            self.on_error(error)
        return context
`,
  'azureml/monitoring/__init__.py': `
import pandas

COLLECTED = []

class ModelDataCollector:
    def __init__(self, model_name, designation="default", feature_names=None):
        self.name, self.designation, self.feature_names = model_name, designation, feature_names

    def collect(self, data, user_correlation_id=""):
        if len(data) >= 100:
            raise AttributeError("no attribute '_handle'")
        correlations = {"$aml_dc_correlation_id": f"context {len(COLLECTED)}"} if self.designation == "inputs" else None
        COLLECTED.append({
            "name": f"{self.name}/{self.designation}", "columns": data.columns, "rows": len(data),
            "headers": self.feature_names,
        })
        return correlations

    def add_correlations(self, data, correlations):
        values = [row + list(correlations.values()) for row in data.values]
        return pandas.DataFrame(values, columns=data.columns + list(correlations))
`,
  'drive.py': `
import contextlib, io, json, sys
import score

printed = io.StringIO()
answers = []
with contextlib.redirect_stdout(printed):
    score.init()
    for request in json.loads(sys.stdin.read()):
        try:
            answers.append(score.run(request))
        except Exception as error:
            answers.append(repr(error))
try:
    from azureml.ai.monitoring import COLLECTED as v2
    from azureml.monitoring import COLLECTED as v1
except ImportError:
    v1, v2 = [], []
answers = json.loads(json.dumps(answers), parse_constant=str)
print(json.dumps({"answers": answers, "printed": printed.getvalue().splitlines(), "collected": v1 + v2}))
`,
};

export interface Driven {
  /** What each request got: its answer, or the exception as text. */
  readonly answers: readonly unknown[];
  /** The lines that went to stdout. */
  readonly printed: readonly string[];
  readonly collected: readonly Readonly<Record<string, unknown>>[];
}

/** Whether this machine has a python3. */
export async function hasPython(): Promise<boolean> {
  return run('python3', ['--version']).then(
    () => true,
    () => false,
  );
}

/** Fails if Python cannot compile the text. */
export async function compilePython(text: string): Promise<void> {
  const folder = await temporaryFolder();
  await realFiles.write(join(folder, 'script.py'), text);
  await run('python3', ['-m', 'py_compile', 'script.py'], { cwd: folder });
}

/**
 * Runs a scoring script as the inference server does: init() once, then run() for each request.
 *
 * @param modules files that take the place of those above
 */
export async function driveScript(
  script: string,
  requests: readonly string[],
  modules: Readonly<Record<string, string>> = {},
): Promise<Driven> {
  const folder = await temporaryFolder();
  const files = { ...MODULES, ...modules, 'score.py': script, 'model/ridge.pkl': '' };
  for (const [path, content] of Object.entries(files)) {
    await realFiles.write(join(folder, path), content);
  }
  const env = { ...process.env, AZUREML_MODEL_DIR: join(folder, 'model') };
  const driving = run('python3', ['drive.py'], { cwd: folder, env, maxBuffer: 1 << 26 });
  driving.child.stdin?.end(JSON.stringify(requests));
  const driven: Driven = JSON.parse((await driving).stdout);
  return driven;
}
