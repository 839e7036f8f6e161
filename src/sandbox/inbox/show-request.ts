/** Attachments are the long values of a request. */
const MOST_VALUE = 2000;

/** The body of a request to look at. */
export function showRequest(request: unknown, mostCharacters: number): string {
  if (typeof request === 'string') return cut(request, mostCharacters);
  const short = JSON.stringify(
    request,
    (_name, value) => (typeof value === 'string' ? cut(value, MOST_VALUE) : value),
    2,
  );
  return cut(short, mostCharacters);
}

/** The body of a request whole, as a file, and the name of that file. */
export function requestFile(request: unknown): { name: string; content: string } {
  if (typeof request === 'string') return { name: 'request.txt', content: request };
  return { name: 'request.json', content: `${JSON.stringify(request, null, 2)}\n` };
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)} … ${text.length - most} more characters` : text;
}
