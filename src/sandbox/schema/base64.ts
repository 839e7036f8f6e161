/**
 * Decodes strict base64; undefined for anything else. Buffer.from also accepts the URL alphabet, missing padding and
 * more, so only text that encodes back to itself counts.
 */
export function decodeBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}
