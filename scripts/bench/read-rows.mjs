// Rows of `traces` as Log Analytics sends them. Every value is a function of the row's number.

const COLUMNS = {
  timestamp: 'datetime',
  message: 'string',
  severityLevel: 'int',
  customDimensions: 'dynamic',
  operation_Name: 'string',
  operation_Id: 'string',
  operation_ParentId: 'string',
  cloud_RoleName: 'string',
  cloud_RoleInstance: 'string',
  appName: 'string',
  sdkVersion: 'string',
  itemId: 'guid',
  itemCount: 'int',
  duration: 'real',
  ticks: 'long',
};

/** The JSON of an answer, a thousand rows a piece. */
export function* answerText(rows) {
  const columns = Object.entries(COLUMNS).map(([name, type]) => ({ name, type }));
  yield `{"tables":[{"name":"PrimaryResult","columns":${JSON.stringify(columns)},"rows":[`;
  for (let first = 0; first < rows; first += 1000) {
    const piece = [];
    for (let row = first; row < Math.min(first + 1000, rows); row++) piece.push(rowText(row));
    yield (first === 0 ? '' : ',') + piece.join();
  }
  yield ']}]}';
}

function rowText(row) {
  const seconds = new Date(Date.UTC(2026, 5, 1) + row * 997).toISOString().slice(0, 19);
  const request = hex(row >> 1);
  const scores = [row % 97, row % 89, row % 83].map((score) => score / 100);
  const message =
    row % 3 === 0
      ? `${request} input: {"data": [[${scores.join(', ')}]]}`
      : `Prediction for "${request.slice(0, 8)}" took ${row % 1000} ms\n`;
  const dimensions = { 'Service Name': 'my-service', Row: row };
  return JSON.stringify([
    `${seconds}.${String((row * 7919) % 10_000_000).padStart(7, '0')}Z`,
    message,
    row % 5,
    JSON.stringify(dimensions),
    'POST /score',
    request,
    request.slice(0, 8),
    'my-service',
    `my-service-${row % 4}`,
    'sample',
    'python:3.11',
    `${request.slice(0, 8)}-0000-4000-8000-${hex(row).slice(0, 12)}`,
    1 + (row % 3),
    (row % 100_000) / 7,
  ])
    .slice(0, -1)
    .concat(`,${(9_007_199_254_740_993n + BigInt(row)).toString()}]`);
}

/** 32 digits that no zip makes smaller. */
function hex(number) {
  let state = Math.imul(number + 1, 0x9e3779b1);
  let text = '';
  while (text.length < 32) {
    state = Math.imul(state ^ (state >>> 15), 0x85ebca6b);
    state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
    text += ((state ^ (state >>> 16)) >>> 0).toString(16).padStart(8, '0');
  }
  return text;
}
