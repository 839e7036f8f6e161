import type { DraftContent, DraftMessage } from '../../src/delivery/draft-content';
import { plainJson } from '../../src/delivery/request-bodies';
import { sendDraft } from '../../src/delivery/send-draft';
import type { GraphTransportError } from '../../src/errors/graph-transport-error';
import type { GraphAttachment } from '../../src/message/attachments';
import { inMemory } from '../../src/mime/spool';
import { type Fate, type Reply, type SeenRequest, scriptedRequests } from './scripted-requests';

type Step = 'create' | 'search' | 'attach' | 'list' | 'read' | 'upload' | 'mark' | 'send' | 'delete';

/** What becomes of a request in place of what it asks for; undefined lets it be. */
type Override = { fate: Fate; carriedOut?: boolean } | undefined;

interface Stored {
  id: string;
  marks: string[];
  isSent: boolean;
}

export const NOT_FOUND: Reply = {
  status: 404,
  body: { error: { code: 'ErrorItemNotFound', message: 'Not found.' } },
};
export const REFUSED: Reply = {
  status: 400,
  body: { error: { code: 'ErrorInvalidRequest', message: 'No.' } },
};
export const FORBIDDEN: Reply = {
  status: 403,
  body: { error: { code: 'ErrorAccessDenied', message: 'No.' } },
};
export const CONFLICT: Reply = {
  status: 412,
  body: { error: { code: 'ErrorIrresolvableConflict', message: 'No.' } },
};
/** The request arrives and is carried out, or not, and its answer does not come. */
export const LOST = { fate: 'lost', carriedOut: true } as const;
export const NEVER = { fate: 'lost', carriedOut: false } as const;

/** A mailbox that keeps to the rules of Exchange, and whose requests meet what the script says. */
export class Mailbox {
  readonly stored = new Map<string, Stored>();
  /** Every request, by its step and the draft that it names. */
  readonly steps: string[] = [];
  readonly counts = new Map<Step, number>();
  script: (step: Step, count: number, id: string, request: SeenRequest) => Override = () => undefined;
  /** How many searches do not show a message yet. */
  hidden = 0;
  #ids = 0;

  reply(request: SeenRequest): Fate {
    const [, id = '', action = ''] = /\/messages\/([^/?]+)(\/\w+)?/.exec(request.path) ?? [];
    const step = stepOf(request, id, action);
    const count = (this.counts.get(step) ?? 0) + 1;
    this.counts.set(step, count);
    this.steps.push(id ? `${step} ${id}` : step);
    const override = this.script(step, count, id, request);
    if (!override) return this.#carryOut(step, id, request);
    if (override.carriedOut) this.#carryOut(step, id, request);
    return override.fate;
  }

  /** Puts a draft there as another process does. */
  put(id: string, marks: string[], isSent = false): void {
    this.stored.set(id, { id, marks, isSent });
  }

  get drafts(): string[] {
    return [...this.stored.values()].filter(({ isSent }) => !isSent).map(({ id }) => id);
  }

  get sent(): string[] {
    return [...this.stored.values()].filter(({ isSent }) => isSent).map(({ id }) => id);
  }

  #carryOut(step: Step, id: string, { path, body }: SeenRequest): Reply {
    if (step === 'create') {
      const made = `draft-${++this.#ids}`;
      const text = body.toString();
      this.put(made, text.startsWith('{') ? marksIn(JSON.parse(text)) : ['<a@b>']);
      return {
        status: 201,
        body: {
          id: made,
          isDraft: true,
          internetMessageId: `<of-${made}@server>`,
          conversationId: `conversation of ${made}`,
        },
      };
    }
    if (step === 'search') {
      if (this.hidden-- > 0) return { status: 200, body: { value: [] } };
      const filter = new URL(path, 'https://graph.example').searchParams.get('$filter') ?? '';
      const [, value = ''] = /(?:ep\/value|internetMessageId) eq '(.*?)'/.exec(filter) ?? [];
      const found = [...this.stored.values()].filter(({ marks }) => marks.includes(value));
      return {
        status: 200,
        body: {
          value: found.map(({ id, isSent }) => ({
            id,
            isDraft: !isSent,
            conversationId: `conversation of ${id}`,
          })),
        },
      };
    }
    const draft = this.stored.get(id);
    if (!draft || draft.isSent) return NOT_FOUND;
    if (step === 'attach') return { status: 201 };
    if (step === 'read') return { status: 200, body: { id } };
    if (step === 'mark') {
      draft.marks.push(...marksIn(JSON.parse(body.toString())));
      return { status: 200, body: {} };
    }
    this.stored.delete(id);
    if (step === 'delete') return { status: 204 };
    // A message gets another id when it leaves Drafts.
    this.put(`sent-${id}`, draft.marks, true);
    return { status: 202 };
  }
}

function stepOf({ method, path }: SeenRequest, id: string, action: string): Step {
  if (path.startsWith('/upload')) return 'upload';
  if (method === 'GET' && id) return action ? 'list' : 'read';
  if (method === 'GET') return 'search';
  if (method === 'PATCH') return 'mark';
  if (method === 'DELETE') return 'delete';
  if (!id) return 'create';
  return action === '/send' ? 'send' : 'attach';
}

function marksIn({
  singleValueExtendedProperties = [],
}: {
  singleValueExtendedProperties?: { value: string }[];
}): string[] {
  return singleValueExtendedProperties.map(({ value }) => value);
}

export const attachment: GraphAttachment = {
  '@odata.type': '#microsoft.graph.fileAttachment',
  name: 'plan.bin',
  contentBytes: inMemory(Buffer.from('plan')),
};
const marked = (...marks: string[]) =>
  plainJson({ singleValueExtendedProperties: marks.map((value) => ({ id: 'x', value })) });

export interface Sending {
  exactlyOnce?: boolean;
  /** Attachments that are added one by one. */
  added?: readonly GraphAttachment[];
  /** Names of attachments that the first request has. */
  firstNames?: readonly string[];
  isMime?: boolean;
  searchLagMs?: number | 'default';
  attempts?: number;
  signal?: AbortSignal;
}

/** Sends a draft to the mailbox. */
export async function sendDraftTo(
  mailbox: Mailbox,
  {
    exactlyOnce = false,
    added = [],
    firstNames,
    isMime = false,
    searchLagMs = 0,
    attempts = 3,
    signal,
  }: Sending = {},
) {
  const script = scriptedRequests((request) => mailbox.reply(request), {
    policy: { attempts, maxDelay: 180_000 },
    signal,
  });
  const isWhole = added.length === 0;
  const own = exactlyOnce ? [isWhole ? 'm' : 'm-unfinished'] : [];
  const content: DraftContent = isMime
    ? { contentType: 'text/plain', body: { length: 4, pieces: () => [Buffer.from('MIME')] }, isMime, added }
    : { contentType: 'application/json', body: marked('d', ...own), isMime, added, firstNames };
  const progress: unknown[][] = [];
  const message: DraftMessage = {
    userId: 'app',
    content,
    marks: { draft: 'd', message: exactlyOnce ? 'm' : undefined },
    messageId: '<a@b>',
    searchLagMs: searchLagMs === 'default' ? undefined : searchLagMs,
    bytes: 5_000_000,
    onProgress: (...args) => progress.push(args),
  };
  const sent = sendDraft(script.requests, message);
  const error: GraphTransportError | undefined = await sent.then(
    () => undefined,
    (reason: GraphTransportError) => reason,
  );
  return { ...script, error, info: error ? undefined : await sent, progress, steps: mailbox.steps };
}
