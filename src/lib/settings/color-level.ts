/** 0: none, 1: 16 colors, 2: 256, 3: 16 million. */
export type ColorLevel = 0 | 1 | 2 | 3;

/**
 * Whether a stream is colored, and how richly: `--color`, then NO_COLOR, then FORCE_COLOR and
 * CLICOLOR_FORCE, then CLICOLOR=0 and TERM=dumb, then whether it is a terminal.
 */
export function colorLevel(
  when: 'auto' | 'always' | 'never',
  env: Readonly<Record<string, string | undefined>>,
  stream: { readonly isTty: boolean },
  platform: string,
): ColorLevel {
  const best = richest(env, platform);
  if (when !== 'auto') return when === 'always' ? best : 0;
  if (env.NO_COLOR) return 0;
  const force = env.FORCE_COLOR;
  if (force === '0' || force === 'false') return 0;
  if (force === '1' || force === '2' || force === '3')
    return force === '1' ? 1 : force === '2' ? 2 : 3;
  if (force !== undefined) return best;
  if (env.CLICOLOR_FORCE !== undefined && env.CLICOLOR_FORCE !== '0') return best;
  if (env.CLICOLOR === '0' || env.TERM === 'dumb') return 0;
  return stream.isTty ? best : 0;
}

function richest(env: Readonly<Record<string, string | undefined>>, platform: string): 1 | 2 | 3 {
  if (platform === 'win32') return 3;
  if (env.COLORTERM === 'truecolor' || env.COLORTERM === '24bit') return 3;
  return /-256(color)?$/i.test(env.TERM ?? '') ? 2 : 1;
}
