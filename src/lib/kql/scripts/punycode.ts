import { type Script, script } from './script.js';

/** Known from: RFC 3492, "Parameter values for Punycode". */
const BASE = 36;
const T_MIN = 1;
const T_MAX = 26;
const SKEW = 38;
const DAMP = 700;
const INITIAL_BIAS = 72;
const INITIAL_CODE = 128;

function threshold(k: number, bias: number): number {
  return Math.min(Math.max(k - bias, T_MIN), T_MAX);
}

function adapt(delta: number, count: number, isFirst: boolean): number {
  let rest = Math.floor(delta / (isFirst ? DAMP : 2));
  rest += Math.floor(rest / count);
  let k = 0;
  for (; rest > ((BASE - T_MIN) * T_MAX) / 2; k += BASE) rest = Math.floor(rest / (BASE - T_MIN));
  return k + Math.floor(((BASE - T_MIN + 1) * rest) / (rest + SKEW));
}

function encode(text: string): string {
  const codes = [...text].map((character) => character.codePointAt(0) ?? 0);
  const basic = codes.filter((code) => code < INITIAL_CODE);
  let output = String.fromCodePoint(...basic) + (basic.length > 0 ? '-' : '');
  let [code, delta, bias, done] = [INITIAL_CODE, 0, INITIAL_BIAS, basic.length];
  while (done < codes.length) {
    const next = Math.min(...codes.filter((it) => it >= code));
    delta += (next - code) * (done + 1);
    code = next;
    for (const it of codes) {
      if (it < code) delta++;
      if (it !== code) continue;
      let rest = delta;
      let k = BASE;
      for (; rest >= threshold(k, bias); k += BASE) {
        const t = threshold(k, bias);
        output += ((t + ((rest - t) % (BASE - t))) % BASE).toString(BASE).replace(/./, digit);
        rest = Math.floor((rest - t) / (BASE - t));
      }
      output += rest.toString(BASE).replace(/./, digit);
      bias = adapt(delta, done + 1, done === basic.length);
      delta = 0;
      done++;
    }
    delta++;
    code++;
  }
  return output;
}

/** Digits of base 36 start with the numerals, those of Punycode with the letters. */
function digit(character: string): string {
  const value = Number.parseInt(character, BASE);
  return value < 26 ? String.fromCharCode(97 + value) : String(value - 26);
}

function digitValue(character: string): number {
  if (/^[a-z]$/i.test(character)) return character.toLowerCase().charCodeAt(0) - 97;
  return /^\d$/.test(character) ? Number(character) + 26 : Number.NaN;
}

/** Undefined for what is no Punycode. */
function decode(text: string): string | undefined {
  const end = text.lastIndexOf('-');
  const codes = [...text.slice(0, Math.max(end, 0))].map((it) => it.codePointAt(0) ?? 0);
  if (codes.some((code) => code >= INITIAL_CODE)) return undefined;
  const digits = text.slice(end < 0 ? 0 : end + 1);
  let [code, index, bias, at] = [INITIAL_CODE, 0, INITIAL_BIAS, 0];
  while (at < digits.length) {
    const before = index;
    for (let k = BASE, weight = 1; ; k += BASE) {
      const value = digitValue(digits.charAt(at++));
      if (Number.isNaN(value)) return undefined;
      index += value * weight;
      const t = threshold(k, bias);
      if (value < t) break;
      weight *= BASE - t;
    }
    const count = codes.length + 1;
    bias = adapt(index - before, count, before === 0);
    code += Math.floor(index / count);
    index %= count;
    if (code > 0x10ffff) return undefined;
    codes.splice(index++, 0, code);
  }
  return String.fromCodePoint(...codes);
}

function domain(convert: (label: string) => string | undefined) {
  return (name: string): string => {
    const labels = name.split('.').map(convert);
    return labels.includes(undefined) ? '' : labels.join('.');
  };
}

/** `from` reads what the name says, which of domains is the encoded form. */
export const PUNYCODE: Readonly<Record<string, Script>> = {
  punycode_from_string: script(['string'], 'string', encode),
  punycode_to_string: script(['string'], 'string', (text) => decode(text) ?? ''),
  punycode_domain_from_string: script(
    ['string'],
    'string',
    domain((label) => (/^xn--/i.test(label) ? decode(label.slice(4)) : label)),
  ),
  punycode_domain_to_string: script(
    ['string'],
    'string',
    domain((label) => (/[^\x00-\x7f]/.test(label) ? `xn--${encode(label)}` : label)),
  ),
};
