/**
 * The raw bytes of a request, never more than `maxBytes` in memory. With a declared length the server's own parser holds
 * the sender to it, so the cheap way of reading is taken; without one the bytes are counted as they come.
 * @returns `too_large`; `broken` when the sender went away in between.
 */
export async function readBody(request: Request, maxBytes: number): Promise<Buffer | 'too_large' | 'broken'> {
  try {
    if (!isCountable(request)) return await readCounting(request, maxBytes);
    const bytes = Buffer.from(await request.arrayBuffer());
    return bytes.length > maxBytes ? 'too_large' : bytes;
  } catch {
    return 'broken';
  }
}

/** @returns true when the sender itself says that it is too much. */
export function declaresTooMuch(request: Request, maxBytes: number): boolean {
  return Number(request.headers.get('content-length') ?? 0) > maxBytes;
}

function isCountable(request: Request): boolean {
  const { headers } = request;
  return /^\d+$/u.test(headers.get('content-length') ?? '') && !headers.has('transfer-encoding');
}

async function readCounting(request: Request, maxBytes: number): Promise<Buffer | 'too_large'> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  if (!request.body) return Buffer.alloc(0);
  for await (const chunk of request.body) {
    size += chunk.length;
    // Leaving the loop cancels the stream.
    if (size > maxBytes) return 'too_large';
    chunks.push(chunk);
  }
  return chunks.length === 1
    ? Buffer.from(chunks[0]!.buffer, chunks[0]!.byteOffset, chunks[0]!.length)
    : Buffer.concat(chunks);
}
