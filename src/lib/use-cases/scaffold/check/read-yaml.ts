import { type Document, parseDocument } from 'yaml';
import { CliError } from '../../../errors.js';

/** The document of a YAML text. @throws {CliError} `usage` if it is none */
export function readYaml(file: string, text: string): Document.Parsed {
  const document = parsed(file, text);
  const [error] = document.errors;
  if (!error) return document;
  const line = error.linePos?.[0].line;
  const place = line === undefined ? '' : `, at line ${line}`;
  const reason = error.message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '');
  throw new CliError('usage', `"${file}" is no YAML${place}: ${reason}.`, {
    hint: 'Mend it, and check it again.',
  });
}

function parsed(file: string, text: string): Document.Parsed {
  try {
    return parseDocument(text, { merge: true });
  } catch (error) {
    // The parser of YAML calls itself for what is inside something.
    if (!(error instanceof RangeError)) throw error;
    throw new CliError('usage', `"${file}" is nested too deep.`, {}, error);
  }
}
