/**
 * The bytes of strict base64, undefined for anything else. Buffer.from takes whatever it is given, the URL
 * alphabet and missing padding included, so only text that survives the way back was base64.
 */
export function decodeBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}
