import type { Host, Report } from '../../lib/host.js';
import type { Settings } from '../../lib/settings.js';

/** The local cloud of the settings. Making its sample takes seconds, and so does waiting for who makes it already. */
export async function openCloud(
  host: Pick<Host, 'openLocalCloud'>,
  { localDir }: Pick<Settings, 'localDir'>,
  report: Pick<Report, 'progress'>,
) {
  const opening = report.progress('Opening the local cloud');
  try {
    return await host.openLocalCloud(localDir);
  } finally {
    opening.done();
  }
}
