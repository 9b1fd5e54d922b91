// Holds an answer of the engine against the known one.

import { cellText, isSameText, isSameValue, plain } from './values.mjs';

/** The verdict on one answer; `got` is the answer in the form that it was compared in. */
export function judgeAnswer({ kind, query, expected, binder }, answer) {
  const { error, columns, rows } = answer;
  if (error?.kind === 'unsupported') return { verdict: 'refused' };
  if (error && error.kind !== 'usage') return { verdict: 'crashed' };
  if (expected?.error) return { verdict: error ? 'rejected' : 'accepted', got: rows };
  if (error) return { verdict: 'wrong' };
  if (kind === 'runs') return { verdict: 'passed' };
  const compare = 'rows' in expected ? compareTyped : 'textRows' in expected ? compareText : null;
  if (!compare) return judgeLastLine(expected, answer);
  const { isRight, got } = compare(expected, answer, { query, binder });
  const verdict = isRight ? 'passed' : isDrawn(query, expected, answer) ? 'unjudged' : 'wrong';
  return { verdict, got: { columns: columns.map(named), rows: got } };
}

/** Rows that `sample` drew say nothing but how many they are, and in which columns. */
function isDrawn(
  query,
  { columns, header = columns.map(({ name }) => name), ...expected },
  answer,
) {
  const { rowCount = expected.textRows.length } = expected;
  const isShaped = header.every((name, index) => answer.columns[index]?.name === name);
  return /[|]\s*sample\s/.test(query) && isShaped && answer.rows.length === rowCount;
}

function named({ name, type }) {
  return `${name}:${type}`;
}

/**
 * Kusto's own answer, as typed JSON: names, kinds of types and every value have to agree. A type may be
 * the binder's, which errs here and there.
 */
function compareTyped(expected, answer, { query, binder }) {
  const { columns: wantedColumns, rows: wanted, rowCount, complete } = expected;
  const { columns, rows } = answer;
  const got = rows.map((row) => row.map((cell, index) => plain(cell, columns[index].type)));
  const isShaped =
    columns.length === wantedColumns.length &&
    columns.every(({ name, type }, index) => {
      const { name: wantedName, class: wantedClass } = wantedColumns[index];
      const isType = (CLASS_OF[type] ?? type) === wantedClass;
      return name === wantedName && (isType || binder.columns[index]?.type === type);
    });
  const asSets = /make_?set|\bset_/.test(query);
  const isTie = /\btop-hitters\b/.test(query) ? tiesForLast(wanted) : () => false;
  const isSame = (one, other) =>
    isTie(one, other) || one.every((v, index) => isSameValue(v, other[index], asSets));
  const isRight =
    isShaped &&
    (complete
      ? sameRows(got, wanted, isSame, sortKeys(query, columns))
      : got.length === rowCount && wanted.every((row) => got.some((g) => isSame(g, row))));
  return { isRight, got: got.slice(0, 20) };
}

/** Of values that tie for the last place Kusto may take any: their measure, behind them, is the same. */
function tiesForLast(wanted) {
  const last = Math.min(...wanted.map((row) => Number(row.at(-1))));
  return (...rows) => rows.every((row) => Number(row.at(-1)) === last);
}

const CLASS_OF = { long: 'int', decimal: 'real' };

/** Tables that people typed into a page: compared as text, with some patience, in any order. */
function compareText({ textRows: wanted }, { columns, rows }) {
  const isSame = (row, texts) =>
    row.length === texts.length &&
    row.every((cell, index) => isSameText(cell, columns[index].type, texts[index]));
  // A row of empty cells is none in the tables of the documentation.
  const shown =
    wanted.length > 0
      ? rows
      : rows.filter((row) => row.some((cell, i) => cellText(cell, columns[i].type) !== ''));
  return {
    isRight: sameRows(shown, wanted, isSame, null),
    got: rows.slice(0, 20).map((row) => row.map((cell, i) => cellText(cell, columns[i].type))),
  };
}

/** Tests that look at the last line of a table printed as text. */
function judgeLastLine({ mode, text }, { columns, rows }) {
  if (mode !== 'LastLineOfResult' && mode !== 'SquashedLastLineOfResult') {
    return { verdict: 'unjudged' };
  }
  const last = rows.at(-1) ?? [];
  const got = last.map((cell, index) => cellText(cell, columns[index].type)).join();
  const bare = (line) => line.replaceAll(/\s/g, '').toLowerCase();
  const isOneCell = last.length === 1 && isSameText(last[0], columns[0].type, text);
  return { verdict: isOneCell || bare(got) === bare(text) ? 'passed' : 'wrong', got };
}

/**
 * Whether rows are the same: in any order, or, behind a sort, in the sorted order, where rows that
 * the keys do not tell apart may stand either way.
 */
function sameRows(got, wanted, isSame, keys) {
  if (got.length !== wanted.length) return false;
  if (got.every((row, index) => isSame(row, wanted[index]))) return true;
  if (keys && keys.length === 0) return false;
  const inOrder =
    !keys ||
    got.every((row, at) => keys.every((key) => isSameValue(row[key], wanted[at][key], false)));
  const rest = [...wanted];
  return (
    inOrder &&
    got.every((row) => {
      const place = rest.findIndex((other) => isSame(row, other));
      if (place >= 0) rest.splice(place, 1);
      return place >= 0;
    })
  );
}

const KEEPS_ORDER =
  /^(extend|project(-away|-keep|-rename|-reorder)?|where|filter|render|take|limit|serialize)\b/;

/** Places of the columns that the answer is sorted by: null if it is not, none if they are not seen. */
function sortKeys(query, columns) {
  const steps = query.replaceAll(/\/\/.*$/gm, '').split('|');
  const last = steps.map((step) => step.trim()).findLast((step) => !KEEPS_ORDER.test(step));
  if (!/^(sort|order|top)\s/.test(last ?? '')) return null;
  const keys = last.split(/\bby\b/)[1]?.split(',') ?? [];
  const names = keys.map((key) => key.trim().split(/\s/)[0]);
  const places = names.map((name) => columns.findIndex((column) => column.name === name));
  return places.includes(-1) ? [] : places;
}
