/**
 * Whether charts may use more than ASCII: not on a dumb terminal or Linux' own console, whose font lacks the
 * characters, nor where the locale names another encoding. Containers often set no locale at all: that is fine.
 */
export function showsUnicode(
  env: Readonly<Record<string, string | undefined>>,
  platform: string,
): boolean {
  if (env.TERM === 'dumb' || env.TERM === 'linux') return false;
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG;
  return !locale || platform === 'win32' || /utf-?8/i.test(locale);
}
