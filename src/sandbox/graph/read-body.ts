/** The request's body, or undefined if it is longer than the limit: the rest is then never read. */
export async function readBody(request: Request, limitBytes: number): Promise<Buffer | undefined> {
  const chunks = await readChunks(request, limitBytes);
  return chunks && Buffer.concat(chunks);
}

/** The same in the chunks in which it arrived, without a copy. */
export async function readChunks(request: Request, limitBytes: number): Promise<Uint8Array[] | undefined> {
  if (Number(request.headers.get('content-length')) > limitBytes) return undefined;
  if (request.body === null) return [];
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of request.body) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > limitBytes) return undefined;
    chunks.push(chunk);
  }
  return chunks;
}
