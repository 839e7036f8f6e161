// Longer than a file should be, because a third of it documents what a sandbox has.
import { clientOptions, type SandboxClientOptions, type SandboxEnv, toClientEnv } from './client-options';
import { dispatch, type SandboxRequest, type SandboxState } from './dispatch';
import { createAccessTokens } from './entra/access-token';
import type {
  SandboxFault,
  SandboxFaultChooser,
  SandboxFaultOptions,
  SandboxPlannedFault,
} from './faults/fault';
import { createFaultPlan } from './faults/fault-plan';
import { asMessages, latestMessage, onlyMessage, type SandboxMessages } from './find/find-messages';
import type { SandboxMessageQuery } from './find/message-filter';
import { MessageWaits, type SandboxWaitOptions } from './find/wait-for-message';
import type { Delivery } from './http/delivery';
import { makeIds } from './http/ids';
import type { SandboxRequestName } from './http/route';
import type { SandboxMessage } from './mail/message';
import { createAlarm, nextDue, releaseDue } from './mailbox/deferred-send';
import { messageStore } from './mailbox/disk';
import { type SandboxDraft, toSandboxDraft } from './mailbox/draft';
import { makeFolders } from './mailbox/folders';
import { createMailboxLoad } from './mailbox/mailbox-load';
import { bytesOf, makeRoom } from './mailbox/make-room';
import { removeMessage } from './mailbox/messages';
import { isUnsentIn } from './mailbox/search-delay';
import { createSent } from './mailbox/sent';
import { requireCount, resolveSettings } from './resolve-settings';
import type { SandboxMailbox, SandboxOptions } from './settings';
import { toResponse } from './to-response';

/** More than a test run makes. A sandbox that runs for weeks must not keep them all. */
const MAX_REQUESTS = 10_000;

/** How much a sandbox holds, and its limits. */
export interface SandboxUsage {
  /** The size of messages, drafts and uploads, in about as many bytes. */
  bytes: number;
  /** Beyond this size, the oldest messages are dropped. */
  maxBytes: number;
  /** Beyond this number, the oldest messages are dropped. */
  maxMessages: number;
  /** How many messages were dropped to make room. */
  forgotten: number;
}

/** A fake of the parts of Entra and Graph that sending mail needs. */
export interface Sandbox {
  /** Spread these into the transport's options. */
  readonly options: SandboxClientOptions;
  /** The same as environment variables. */
  readonly env: SandboxEnv;
  /** The origins of Entra, Graph and upload URLs. */
  readonly origins: readonly string[];
  /** The tenant's mailboxes, the client's own first. */
  readonly mailboxes: readonly SandboxMailbox[];
  /** Sent messages, oldest first. */
  readonly messages: SandboxMessages;
  /**
   * Waits for a message. One that is there already counts too, the latest first: pass `onlyNew` to wait for the next.
   * `clear()` does not end a wait.
   *
   * @param query a filter, or a function that says whether a message is meant; any message by default
   * @throws SandboxMessageError with the code `ETIMEDOUT` if none comes within 4 seconds or `timeout`, or `ECLOSED` if
   *   the sandbox is closed. It lists the messages that did come, with what is different, and refused requests
   * @throws TypeError if the filter or an option makes no sense
   */
  waitForMessage(query?: SandboxMessageQuery, options?: SandboxWaitOptions): Promise<SandboxMessage>;
  /**
   * The newest message that matches, or undefined if there is none.
   *
   * @throws TypeError if the filter makes no sense
   */
  latest(query?: SandboxMessageQuery): SandboxMessage | undefined;
  /**
   * The one message that matches.
   *
   * @throws SandboxMessageError with the code `ENOMESSAGE` if there is none, or `EMANYMESSAGES` if there are several
   * @throws TypeError if the filter makes no sense
   */
  only(query?: SandboxMessageQuery): SandboxMessage;
  /** What is in Drafts and Outbox, oldest first: what clients left behind, or what is held until its time. */
  readonly drafts: readonly SandboxDraft[];
  /** Requests to all services, in the order of their answers; the latest 10,000. */
  readonly requests: readonly SandboxRequest[];
  /**
   * The highest number of concurrent requests to Graph, by the user principal name of the mailbox. Requests that were
   * refused for it count too. Only mailboxes of the tenant are listed.
   */
  readonly concurrency: Readonly<Record<string, number>>;
  /**
   * Makes the next request of that name fail, or the next `times`. Faults apply in the order in which they were added.
   */
  failNext(request: SandboxRequestName, fault: SandboxFault, options?: SandboxFaultOptions): void;
  /** Calls a function for each request to which no fault of `failNext` applies. Undefined removes it. */
  failWith(choose: SandboxFaultChooser | undefined): void;
  /** The faults of `failNext` that still have requests to apply to, in their order. */
  readonly faults: readonly SandboxPlannedFault[];
  /** Removes a fault. Returns false if none has the id. */
  cancelFault(id: number): boolean;
  /** Milliseconds that each request to Graph takes. Can be set at any time. */
  latency: number;
  /** Answers 401 to every token issued so far. */
  revokeTokens(): void;
  /**
   * Answers a request by its path, whatever its host. If a fault breaks the connection, the answer is
   * `Response.error()`; if it is silence, a promise that only the request's signal ends.
   */
  handle(request: Request): Promise<Response>;
  /**
   * Forgets messages, drafts, upload sessions, requests, `concurrency`, faults and demanded claims. Tokens stay valid,
   * or revoked.
   */
  clear(): void;
  /** Removes a message. Returns false if none has the id. */
  removeMessage(id: string): boolean;
  /** How much the sandbox holds. */
  readonly usage: SandboxUsage;
  /** Calls back after each possible change, until the returned function is called. */
  subscribe(listener: () => void): () => void;
}

/** A sandbox that does not listen: pass requests to `handle` from msw, a test or a server. */
export function createSandbox(options: SandboxOptions = {}): Sandbox {
  return assembleSandbox(options).sandbox;
}

/**
 * A sandbox, with a way in for servers that can do more to a connection than a Response can express.
 *
 * @param allowedHosts the names of the server, besides those of this machine
 */
export function assembleSandbox(
  options: SandboxOptions,
  allowedHosts: readonly string[] = [],
): {
  sandbox: Sandbox;
  take(request: Request): Promise<Delivery>;
  /** Ends the waits for messages. */
  endWaits(): void;
} {
  const settings = { ...resolveSettings(options), allowedHosts };
  const { store, maxBytes, maxMessages } = settings;
  const ids = makeIds(settings.random);
  const listeners = new Set<() => void>();
  const sent = createSent(store === undefined ? undefined : messageStore(store), ({ id }) => {
    const copies = state.messages.filter(({ immutableId, sentId }) => immutableId === id || sentId === id);
    for (const copy of copies) removeMessage(state, copy);
    const again = state.deferred.findIndex(({ messageId }) => messageId === id);
    if (again !== -1) state.deferred.splice(again, 1);
  });
  const state: SandboxState = {
    settings,
    ids,
    tokens: createAccessTokens(settings, ids),
    sent,
    folders: makeFolders(settings.mailboxes, ids),
    messages: [],
    staleDrafts: [],
    recoverable: new Map(),
    requests: [],
    faults: createFaultPlan(),
    load: createMailboxLoad(settings.limits.concurrentRequests),
    uploadSessions: new Map(),
    attaching: new Map(),
    deferred: [],
    traceRequests: [],
    latency: settings.latency,
  };
  const { requests, faults, load, tokens } = state;
  const alarm = createAlarm(settings, () => {
    releaseDue(state);
    changed();
    return nextDue(state);
  });
  const messages = asMessages(sent.list);
  makeRoom(state);

  function changed(): void {
    for (const listener of listeners) listener();
  }

  async function take(request: Request): Promise<Delivery> {
    try {
      return await dispatch(request, state);
    } finally {
      if (requests.length > MAX_REQUESTS) requests.shift();
      makeRoom(state);
      alarm.set(nextDue(state));
      changed();
    }
  }

  const sandbox: Sandbox = {
    options: clientOptions(settings),
    env: toClientEnv(clientOptions(settings)),
    origins: [...new Set([settings.authorityHost, settings.graphEndpoint, settings.uploadOrigin])],
    mailboxes: settings.mailboxes,
    get messages() {
      releaseDue(state);
      return messages;
    },
    waitForMessage: (query, options) => waits.wait(query, options),
    latest: (query) => latestMessage(sandbox, query),
    only: (query) => onlyMessage(sandbox, query),
    get drafts() {
      releaseDue(state);
      return state.messages
        .filter(({ folder }) => isUnsentIn(folder))
        .map((draft) => toSandboxDraft(draft, state));
    },
    requests,
    concurrency: load.peaks,
    get faults() {
      return faults.planned();
    },
    failNext(...planned) {
      faults.failNext(...planned);
      changed();
    },
    failWith: faults.failWith,
    cancelFault(id) {
      const isGone = faults.cancel(id);
      if (isGone) changed();
      return isGone;
    },
    get latency() {
      return state.latency;
    },
    set latency(milliseconds) {
      state.latency = requireCount('latency', milliseconds);
      changed();
    },
    revokeTokens: tokens.revoke,
    async handle(request) {
      return toResponse(await take(request), request);
    },
    clear() {
      state.messages.length = 0;
      state.staleDrafts.length = 0;
      state.recoverable.clear();
      sent.clear();
      state.uploadSessions.clear();
      state.deferred.length = 0;
      state.traceRequests.length = 0;
      requests.length = 0;
      faults.clear();
      load.clear();
      tokens.forgetDemand();
      changed();
    },
    removeMessage(id) {
      const isGone = sent.remove(id);
      if (isGone) changed();
      return isGone;
    },
    get usage() {
      return { bytes: bytesOf(state), maxBytes, maxMessages, forgotten: sent.forgotten };
    },
    subscribe(listener) {
      // Wrapped, so the same function can subscribe twice.
      const call = () => listener();
      listeners.add(call);
      return () => listeners.delete(call);
    },
  };
  const waits = new MessageWaits(sandbox);
  return { sandbox, take, endWaits: () => waits.close() };
}
