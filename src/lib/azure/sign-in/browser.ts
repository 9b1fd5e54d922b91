import type { Files } from '../../host.js';

export interface Machine {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly files: Pick<Files, 'kind'>;
  /** As Node names it, such as `linux`. */
  readonly platform?: string | undefined;
}

/**
 * Whether the SDK will find a browser to sign in with. Where it looks for one in vain it ends the process, and where
 * the opener has no screen it waits for ever.
 *
 * Known from: SDK source, `open` 10: `xdg-open` but on macOS, Windows and WSL.
 */
export async function canOpenBrowser({ env, files, platform }: Machine): Promise<boolean> {
  if (platform === 'darwin' || platform === 'win32' || env.WSL_DISTRO_NAME) return true;
  if (!env.DISPLAY && !env.WAYLAND_DISPLAY && !env.BROWSER) return false;
  for (const folder of (env.PATH ?? '').split(':')) {
    if (folder !== '' && (await files.kind(`${folder}/xdg-open`)) === 'file') return true;
  }
  return false;
}
