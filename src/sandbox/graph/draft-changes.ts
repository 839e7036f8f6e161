import type { Call } from '../call';
import type { StoredMessage } from '../mailbox/stored-message';
import type { SandboxState } from '../sandbox-state';
import { GraphRefusal } from './graph-answer';

/** What is being attached to a draft: by requests that were not answered yet, each with the file that it brings. */
export type DraftChanges = Map<Call, { draft: StoredMessage; file: object }>;

/**
 * To be called when a request comes that attaches a file to a draft, or a part of one. What it returns refuses the
 * request if another one was just attaching another file: it would change a state of the draft that is gone by then.
 */
export function beginChange(
  { changes }: SandboxState,
  draft: StoredMessage,
  file: object,
  call: Call,
): () => void {
  const isLater = [...changes.values()].some((other) => other.draft === draft && other.file !== file);
  if (!isLater) changes.set(call, { draft, file });
  return () => {
    if (isLater) throw conflict();
  };
}

/** To be called when the request is answered, however. */
export function endChange({ changes }: SandboxState, call: Call): void {
  changes.delete(call);
}

function conflict(): GraphRefusal {
  return new GraphRefusal(
    'parallel-attachments',
    412,
    'ErrorIrresolvableConflict',
    'The send or update operation could not be performed because the change key passed in the request does not ' +
      'match the current change key for the item.',
  );
}
