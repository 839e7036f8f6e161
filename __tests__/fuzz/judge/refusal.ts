import { type Complaint, complaint } from './complaint';

/** What the service may say of addresses: whom a mailbox may send as, and what is an address, is its business. */
const SERVICE_REFUSALS: ReadonlySet<string> = new Set(['ErrorSendAsDenied', 'ErrorInvalidRecipients']);

/** What is wrong with an error: it must say by its code what it is, and must come of the message. */
export function wrongRefusal(error: unknown): Complaint[] {
  if (!(error instanceof Error)) return [complaint('error', 'no error', String(error))];
  const { code, responseCode, graphCode } = codesOf(error);
  if (!/^E[A-Z]/.test(code))
    return [complaint('error', 'error without a code', error.stack ?? error.message)];
  if (isBug(error.cause)) return [complaint('error', 'error of our own', stackOf(error.cause))];
  if (responseCode !== undefined && !SERVICE_REFUSALS.has(String(graphCode))) {
    return [complaint('error', `Graph refused: ${graphCode}`, error.message)];
  }
  if (!/^E(?:MESSAGE|ENVELOPE|AUTH)$/.test(code)) return [complaint('error', `code ${code}`, error.message)];
  return [];
}

function codesOf(error: Error): { code: string; responseCode: unknown; graphCode: unknown } {
  const fields: Record<string, unknown> = { ...error };
  return { code: String(fields.code), responseCode: fields.responseCode, graphCode: fields.graphCode };
}

/** Errors that JavaScript throws by itself. */
function isBug(cause: unknown): boolean {
  return (
    cause instanceof TypeError ||
    cause instanceof RangeError ||
    cause instanceof ReferenceError ||
    cause instanceof SyntaxError ||
    cause instanceof URIError
  );
}

function stackOf(cause: unknown): string {
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
}
