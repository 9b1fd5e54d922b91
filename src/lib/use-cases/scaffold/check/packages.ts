import { isMap, isScalar, isSeq, visit } from 'yaml';
import { CliError } from '../../../errors.js';
import { readYaml } from './read-yaml.js';

/** What an environment installs. */
export interface Packages {
  readonly file: string;
  /** As pip compares them: in lower case, with `-`. */
  readonly names: ReadonlySet<string>;
}

/**
 * The packages that a conda environment (YAML) or a requirements file names.
 *
 * @throws {CliError} `usage` if a YAML file is none, or refers to another file
 */
export function readPackages(file: string, text: string): Packages {
  const names = /\.ya?ml$/i.test(file) ? condaPackages(file, text) : text.split(/\r\n|\n|\r/);
  const other = names.find((name) => /^\s*(-r|--requirement)\b/.test(name));
  if (other !== undefined) {
    throw new CliError('usage', `"${file}" takes its packages from another file: ${other.trim()}`, {
      hint: 'Name that file instead.',
    });
  }
  return { file, names: new Set(names.flatMap((name) => packageName(name) ?? [])) };
}

function condaPackages(file: string, text: string): readonly string[] {
  const document = readYaml(file, text);
  if (!isMap(document.contents) || !isSeq(document.get('dependencies'))) {
    throw new CliError('usage', `"${file}" is no conda environment: it has no dependencies.`);
  }
  const names: string[] = [];
  visit(document, {
    Scalar(key, { value }) {
      if (key !== 'key' && typeof value === 'string') names.push(value);
    },
    Alias(_, alias) {
      const value = alias.resolve(document);
      if (isScalar(value) && typeof value.value === 'string') names.push(value.value);
    },
  });
  return names;
}

function packageName(requirement: string): string | undefined {
  const name = /^\s*(?:[\w-]+::)?([A-Za-z0-9][\w.-]*)/.exec(requirement)?.[1];
  return name?.toLowerCase().replaceAll(/[-_.]+/g, '-');
}
