import { randomUUID } from 'node:crypto';
import { createAccessTokens } from './access-token';
import type { Call } from './call';
import { GraphRefusal, refusedAnswer } from './graph-answer';
import { keptMessages } from './kept-messages';
import { bytesOf, makeRoom } from './make-room';
import { messageStore } from './message-store';
import { chooseRoute } from './routes';
import { type SandboxDraft, toSandboxDraft } from './sandbox-draft';
import type { SandboxMessage } from './sandbox-message';
import type { SandboxState } from './sandbox-state';
import { serveEntra } from './serve-entra';
import { serveGraph } from './serve-graph';
import { serveUpload } from './serve-upload';
import { resolveSettings, type SandboxMailbox, type SandboxOptions, type SandboxSettings } from './settings';
import { removeMessage } from './stored-message';

/** A test run makes fewer; a sandbox that runs for weeks must not grow by them. */
const MOST_REQUESTS = 10_000;

/** What a client has to be told to send through a sandbox. */
export interface SandboxClientOptions {
  tenantId: string;
  clientId: string;
  clientSecret: string;
  /** The first mailbox. */
  userId: string;
  authorityHost: string;
  graphEndpoint: string;
}

/** One request that was answered; bodies and headers, secrets among them, are not kept. */
export interface SandboxRequest {
  method: string;
  path: string;
  status: number;
  requestId: string;
  clientRequestId?: string;
}

/** The variables from which an app that sends through Graph is set up. */
export interface SandboxEnv {
  AZURE_TENANT_ID: string;
  AZURE_CLIENT_ID: string;
  AZURE_CLIENT_SECRET: string;
  GRAPH_USER_ID: string;
  AZURE_AUTHORITY_HOST: string;
  GRAPH_ENDPOINT: string;
}

/** How much a sandbox keeps, and how much it may. */
export interface SandboxUsage {
  /** About the bytes that messages, drafts and uploads take up. */
  bytes: number;
  maxBytes: number;
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
  readonly mailboxes: readonly SandboxMailbox[];
  /** Mails that were accepted, oldest first. */
  readonly messages: readonly SandboxMessage[];
  /** Drafts that are there at this moment, oldest first: what a client has left behind. */
  readonly drafts: readonly SandboxDraft[];
  /** Requests of all services, in the order of their answers; the latest 10,000. */
  readonly requests: readonly SandboxRequest[];
  /** Answers a request by its path, whatever its host. */
  handle(request: Request): Promise<Response>;
  /** Forgets messages, drafts, upload sessions and requests; tokens stay valid. */
  clear(): void;
  /** Forgets one message. False given an id that no message has. */
  removeMessage(id: string): boolean;
  readonly usage: SandboxUsage;
  /** Calls back after whatever may have changed something; until the function that it returns is called. */
  subscribe(listener: () => void): () => void;
}

/** A sandbox that listens nowhere: `handle` goes behind msw, a test or any server. */
export function createSandbox(options: SandboxOptions = {}): Sandbox {
  const settings = resolveSettings(options);
  const { store, maxBytes, maxMessages } = settings;
  const requests: SandboxRequest[] = [];
  const listeners = new Set<() => void>();
  const messages = keptMessages(store === undefined ? undefined : messageStore(store), ({ id }) => {
    const copy = state.stored.find((stored) => !stored.isDraft && stored[stored.knownBy] === id);
    if (copy) removeMessage(state, copy);
  });
  const state: SandboxState = {
    settings,
    tokens: createAccessTokens(settings),
    messages,
    stored: [],
    uploadSessions: new Map(),
  };

  makeRoom(state);

  function changed(): void {
    for (const listener of listeners) listener();
  }

  return {
    options: clientOptions(settings),
    env: clientEnv(settings),
    origins: [...new Set([settings.authorityHost, settings.graphEndpoint, settings.uploadOrigin])],
    mailboxes: settings.mailboxes,
    messages: messages.list,
    get drafts() {
      return state.stored.filter(({ isDraft }) => isDraft).map((draft) => toSandboxDraft(draft, state));
    },
    requests,
    async handle(request) {
      const { method, headers } = request;
      const path = new URL(request.url).pathname;
      const requestId = randomUUID();
      const clientRequestId = headers.get('client-request-id') ?? undefined;
      const call = { requestId, clientRequestId, receivedAt: new Date(settings.now()) };
      const response = await serve(request, path, state, call).catch((error: unknown) => {
        if (error instanceof GraphRefusal) return refusedAnswer(error, call);
        throw error;
      });
      requests.push({ method, path, status: response.status, requestId, clientRequestId });
      if (requests.length > MOST_REQUESTS) requests.shift();
      makeRoom(state);
      changed();
      return response;
    },
    clear() {
      state.stored.length = 0;
      messages.clear();
      state.uploadSessions.clear();
      requests.length = 0;
      changed();
    },
    removeMessage(id) {
      const isGone = messages.remove(id);
      if (isGone) changed();
      return isGone;
    },
    get usage() {
      return { bytes: bytesOf(state), maxBytes, maxMessages, forgotten: messages.forgotten };
    },
    subscribe(listener) {
      // Wrapped, so that one function may be given twice.
      const call = () => listener();
      listeners.add(call);
      return () => listeners.delete(call);
    },
  };
}

async function serve(request: Request, path: string, state: SandboxState, call: Call): Promise<Response> {
  const route = chooseRoute(path);
  switch (route.to) {
    case 'send-mail':
    case 'messages':
    case 'message':
    case 'attachments':
    case 'upload-sessions':
    case 'send-draft':
    case 'me':
    case 'not-played':
      return serveGraph(request, route, state, call);
    case 'upload':
      return serveUpload(request, route, state, call);
    case 'token':
    case 'openid-configuration':
    case 'instance-discovery':
      return serveEntra(request, route, state, call);
    case 'nowhere':
      throw new GraphRefusal(404, 'NotFound', `Nothing is at ${path}.`);
  }
}

function clientOptions(settings: SandboxSettings): SandboxClientOptions {
  const { tenantId, clientId, clientSecret, mailboxes, authorityHost, graphEndpoint } = settings;
  const userId = mailboxes[0]?.userPrincipalName ?? '';
  return { tenantId, clientId, clientSecret, userId, authorityHost, graphEndpoint };
}

function clientEnv(settings: SandboxSettings): SandboxEnv {
  const { tenantId, clientId, clientSecret, userId, authorityHost, graphEndpoint } = clientOptions(settings);
  return {
    AZURE_TENANT_ID: tenantId,
    AZURE_CLIENT_ID: clientId,
    AZURE_CLIENT_SECRET: clientSecret,
    GRAPH_USER_ID: userId,
    AZURE_AUTHORITY_HOST: authorityHost,
    GRAPH_ENDPOINT: graphEndpoint,
  };
}
