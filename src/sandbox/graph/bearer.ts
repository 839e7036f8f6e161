/** The token that a request shows, empty where there is none. */
export function bearerOf(headers: Headers): string {
  const [, token = ''] = /^Bearer +(\S+)$/i.exec(headers.get('authorization') ?? '') ?? [];
  return token;
}
