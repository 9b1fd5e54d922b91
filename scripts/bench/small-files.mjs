import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const HOURS = 24 * 28;
const MARKS =
  '$aml_dc_correlation_id,$aml_dc_scoring_timestamp,$aml_dc_boundary,$aml_workspace,$aml_service_name,$aml_model_name,$aml_model_version,$aml_request_id';

/** What collectors write: the first line of a file, if it has headings, and that of a row. */
const FORMS = {
  v1: {
    ending: 'csv',
    heading: `age,amount,plan,${MARKS}\n`,
    line: (row, time) => {
      const request = `0a1b2c3d-0000-4000-8000-${String(row).padStart(12, '0')}`;
      return `${row % 90},${row * 1.5},"plan, ${row % 7}",${request},${time},1440,s/g/w,churn,net,2,${request}\n`;
    },
  },
  v2: {
    ending: 'jsonl',
    heading: '',
    line: (row, time) => {
      const event = {
        specversion: '1.0',
        id: `event ${row}`,
        source: '/subscriptions/s/workspaces/w/onlineEndpoints/churn/deployments/blue',
        type: 'azureml.inference.model_inputs',
        time,
        data: [{ age: row % 90, amount: row * 1.5, plan: `plan ${row % 7}` }],
        correlationid: `request ${row}`,
        modelversion: '1',
      };
      return `${JSON.stringify(event)}\n`;
    },
  },
};

/** Files of an hour and instance with one to twenty rows each; and one file with the same rows. */
export function smallFiles(folder, form, count) {
  const { ending, heading, line } = FORMS[form];
  const [many, one] = [join(folder, form), join(folder, `${form}.${ending}`)];
  let all = heading;
  let row = 0;
  for (let file = 0; file < count; file += 1) {
    const time = new Date(Date.UTC(2026, 0, 1, file % HOURS)).toISOString().replace('Z', '000Z');
    const lines = Array.from({ length: 1 + ((file * 7919) % 20) }, () => line(row++, time));
    const place = join(many, time.slice(0, 10), time.slice(11, 13));
    mkdirSync(place, { recursive: true });
    const text = lines.join('');
    writeFileSync(join(place, `${Math.floor(file / HOURS)}.${ending}`), heading + text);
    all += text;
  }
  writeFileSync(one, all);
  return { many, one, rows: row };
}
