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
import { createSent } from './mailbox/sent';
import { requireCount, resolveSettings } from './resolve-settings';
import type { SandboxMailbox, SandboxOptions } from './settings';
import { toResponse } from './to-response';

/** A test run makes fewer; a sandbox that runs for weeks must not grow by them. */
const MAX_REQUESTS = 10_000;

/** How much a sandbox keeps, and how much it may. */
export interface SandboxUsage {
  /** About the bytes that messages, drafts and uploads take up. */
  bytes: number;
  /** From how many bytes on the oldest messages go. */
  maxBytes: number;
  /** From how many messages on the oldest go. */
  maxMessages: number;
  /** Messages that had to make room for newer ones. */
  forgotten: number;
}

/** A fake of the part of Graph that sends mail and of the part of Entra that leads to it. */
export interface Sandbox {
  /** To be spread into the options of the transport. */
  readonly options: SandboxClientOptions;
  /** The same as variables, for an app that is set up by its environment. */
  readonly env: SandboxEnv;
  /** Where the clients of Entra, of Graph and of upload sessions send their requests. */
  readonly origins: readonly string[];
  /** The tenant's mailboxes, the client's own first. */
  readonly mailboxes: readonly SandboxMailbox[];
  /** Mails that were accepted, oldest first. */
  readonly messages: readonly SandboxMessage[];
  /** Drafts that are there at this moment, oldest first: what a client has left behind. */
  readonly drafts: readonly SandboxDraft[];
  /** Requests of all services, in the order of their answers; the latest 10,000. */
  readonly requests: readonly SandboxRequest[];
  /**
   * The most requests to Graph that there ever were at once, by the user principal name of their mailbox; those
   * that were refused for being too many are counted too. Only mailboxes of the tenant are in it.
   */
  readonly concurrency: Readonly<Record<string, number>>;
  /**
   * Lays a fault for the next request of that name, or the next `times`. Of several, each request meets the one that
   * was laid first.
   */
  failNext(request: SandboxRequestName, fault: SandboxFault, options?: SandboxFaultOptions): void;
  /** Asks a function about each request that meets no fault of `failNext`; undefined takes it away. */
  failWith(choose: SandboxFaultChooser | undefined): void;
  /** The faults of `failNext` that no request has met yet, in their order. */
  readonly faults: readonly SandboxPlannedFault[];
  /** Takes a fault away that no request has met yet. False given an id that none has. */
  cancelFault(id: number): boolean;
  /** Milliseconds that every request to Graph takes before it is answered; may be set at any time. */
  latency: number;
  /** Answers 401 to the tokens that were issued until now. */
  revokeTokens(): void;
  /**
   * Answers a request by its path, whatever its host. A connection that a fault breaks is `Response.error()`, and
   * silence a promise that only the request's signal ends.
   */
  handle(request: Request): Promise<Response>;
  /**
   * Forgets messages, drafts, upload sessions, requests, `concurrency`, faults and claims that were demanded; tokens
   * stay valid, or revoked.
   */
  clear(): void;
  /** Forgets one message. False given an id that no message has. */
  removeMessage(id: string): boolean;
  /** How much is kept. */
  readonly usage: SandboxUsage;
  /** Calls back after whatever may have changed something; until the function that it returns is called. */
  subscribe(listener: () => void): () => void;
}

/** A sandbox that listens nowhere: `handle` goes behind msw, a test or any server. */
export function createSandbox(options: SandboxOptions = {}): Sandbox {
  return assembleSandbox(options).sandbox;
}

/**
 * A sandbox, and the way into it for a server that can do to a connection what a Response cannot say.
 *
 * @param allowedHosts the names that the server has, beside those of this machine
 */
export function assembleSandbox(
  options: SandboxOptions,
  allowedHosts: readonly string[] = [],
): {
  sandbox: Sandbox;
  take(request: Request): Promise<Delivery>;
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
    latency: settings.latency,
  };
  const { requests, faults, load, tokens } = state;
  const alarm = createAlarm(settings, () => {
    releaseDue(state);
    changed();
    return nextDue(state);
  });
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
      return sent.list;
    },
    get drafts() {
      releaseDue(state);
      return state.messages
        .filter(({ folder }) => folder === 'drafts')
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
      // Wrapped, so that one function may be given twice.
      const call = () => listener();
      listeners.add(call);
      return () => listeners.delete(call);
    },
  };
  return { sandbox, take };
}
