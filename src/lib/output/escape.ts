/**
 * C0 with ESC and BEL, DEL, C1 with its one-byte OSC and CSI, and the characters that reorder a line
 * (bidirectional embeddings, overrides, isolates and marks) or break it (U+2028, U+2029).
 */
const CONTROL = /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
const CONTROL_BUT_NEWLINE =
  /[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/**
 * Text from a service as a terminal may show it: nothing in it can move the cursor, color, ring or
 * reorder. Control characters become what they are called, such as `\x1b`, `\t` or `\u202e`.
 *
 * @param keep `newlines` leaves line feeds, for text that is more than one line.
 */
export function escapeControls(text: string, keep?: 'newlines'): string {
  return text.replace(keep === 'newlines' ? CONTROL_BUT_NEWLINE : CONTROL, (character) => {
    if (character === '\n') return '\\n';
    if (character === '\r') return '\\r';
    if (character === '\t') return '\\t';
    const code = character.charCodeAt(0);
    return code < 0x100
      ? `\\x${code.toString(16).padStart(2, '0')}`
      : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

/** JSON text as a terminal may show it: it stays the same JSON. */
export function escapeControlsInJson(json: string): string {
  // Between the tokens only blanks, tabs and line ends may stand as they are.
  return json.replace(CONTROL_BUT_NEWLINE, (character) =>
    character === '\t' || character === '\r'
      ? ' '
      : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
