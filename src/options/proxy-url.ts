/**
 * The URL of an HTTP proxy the way people write it, `proxy.example:3128` too. What is wrong with it is told
 * without the text itself, which may hold a password.
 */
export function toProxyUrl(value: unknown): { href: string } | { problem: string } {
  if (typeof value !== 'string') return { problem: 'must be a URL such as http://proxy.example:3128' };
  const text = value.includes('://') ? value.trim() : `http://${value.trim()}`;
  if (!URL.canParse(text)) return { problem: 'is not a URL such as http://proxy.example:3128' };
  const { href, protocol, username, password } = new URL(text);
  if (protocol !== 'http:' && protocol !== 'https:') {
    return { problem: 'must begin with http:// or https://, other kinds of proxy are not supported' };
  }
  if (username && !password) return { problem: 'has a user name without a password' };
  try {
    decodeURIComponent(username + password);
  } catch {
    return { problem: 'has a % in its user name or password that must be written as %25' };
  }
  return { href };
}
