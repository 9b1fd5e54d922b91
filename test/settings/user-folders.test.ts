import { expect, test } from 'vitest';
import { userFolders } from '../../src/lib/settings/user-folders.js';

test.each([
  ['linux', {}, '/home/a/.config/aml-monitor', '/home/a/.local/share/aml-monitor/local'],
  [
    'linux',
    { XDG_CONFIG_HOME: '/x', XDG_DATA_HOME: '/y' },
    '/x/aml-monitor',
    '/y/aml-monitor/local',
  ],
  [
    'linux',
    { XDG_CONFIG_HOME: 'relative' },
    '/home/a/.config/aml-monitor',
    '/home/a/.local/share/aml-monitor/local',
  ],
  [
    'darwin',
    {},
    '/home/a/Library/Preferences/aml-monitor',
    '/home/a/Library/Application Support/aml-monitor/local',
  ],
  [
    'win32',
    { APPDATA: 'C:\\Roaming', LOCALAPPDATA: 'C:\\Local' },
    'C:\\Roaming\\aml-monitor\\Config',
    'C:\\Local\\aml-monitor\\Data\\local',
  ],
  ['linux', { AML_MONITOR_CONFIG_DIR: '/c', AML_MONITOR_LOCAL_DIR: '/l' }, '/c', '/l'],
])('on %s with %o the folders are %s and %s', (platform, env, configDir, localDir) => {
  const homeDir = '/home/a';
  expect(userFolders({ platform, env, homeDir })).toEqual({ configDir, localDir });
});
