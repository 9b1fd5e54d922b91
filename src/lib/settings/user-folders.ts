import { posix, win32 } from 'node:path';

interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly homeDir: string;
  readonly platform: string;
}

/**
 * Where the sign-in and the own settings are kept, and where the embedded Azure is: the platform's own
 * places, moved by XDG_CONFIG_HOME, XDG_DATA_HOME, AML_MONITOR_CONFIG_DIR and AML_MONITOR_LOCAL_DIR.
 */
export function userFolders({ env, homeDir, platform }: Surroundings): {
  readonly configDir: string;
  readonly localDir: string;
} {
  const { join } = platform === 'win32' ? win32 : posix;
  const home = (...parts: string[]) => join(homeDir, ...parts);
  const [config, data] =
    platform === 'win32'
      ? [
          join(env.APPDATA || home('AppData', 'Roaming'), 'aml-monitor', 'Config'),
          join(env.LOCALAPPDATA || home('AppData', 'Local'), 'aml-monitor', 'Data'),
        ]
      : platform === 'darwin'
        ? [
            home('Library', 'Preferences', 'aml-monitor'),
            home('Library', 'Application Support', 'aml-monitor'),
          ]
        : [
            join(absolute(env.XDG_CONFIG_HOME) ?? home('.config'), 'aml-monitor'),
            join(absolute(env.XDG_DATA_HOME) ?? home('.local', 'share'), 'aml-monitor'),
          ];
  return {
    configDir: env.AML_MONITOR_CONFIG_DIR || config,
    localDir: env.AML_MONITOR_LOCAL_DIR || join(data, 'local'),
  };
}

/** The XDG base directory specification has relative paths ignored. */
function absolute(path: string | undefined): string | undefined {
  return path && posix.isAbsolute(path) ? path : undefined;
}
