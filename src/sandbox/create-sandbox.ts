import { randomUUID } from 'node:crypto';
import { createAccessTokens } from './access-token';
import type { Call } from './call';
import { GraphRefusal, refusedAnswer } from './graph-answer';
import { chooseRoute } from './routes';
import { type SandboxDraft, toSandboxDraft } from './sandbox-draft';
import type { SandboxMessage } from './sandbox-message';
import type { SandboxState } from './sandbox-state';
import { serveEntra } from './serve-entra';
import { serveGraph } from './serve-graph';
import { serveUpload } from './serve-upload';
import { resolveSettings, type SandboxOptions, type SandboxSettings } from './settings';

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

/** A fake of the part of Graph that sends mail and of the part of Entra that leads to it. */
export interface Sandbox {
  /** To be spread into the options of the transport. */
  readonly options: SandboxClientOptions;
  /** Mails that were accepted, oldest first. */
  readonly messages: readonly SandboxMessage[];
  /** Drafts that are there at this moment, oldest first: what a client has left behind. */
  readonly drafts: readonly SandboxDraft[];
  /** Requests of all services, in the order of their answers. */
  readonly requests: readonly SandboxRequest[];
  /** Answers a request by its path, whatever its host. */
  handle(request: Request): Promise<Response>;
  /** Forgets messages, drafts, upload sessions and requests; tokens stay valid. */
  clear(): void;
}

/** A sandbox that listens nowhere: `handle` goes behind msw, a test or any server. */
export function createSandbox(options: SandboxOptions = {}): Sandbox {
  const settings = resolveSettings(options);
  const messages: SandboxMessage[] = [];
  const requests: SandboxRequest[] = [];
  const state: SandboxState = {
    settings,
    tokens: createAccessTokens(settings),
    messages,
    stored: [],
    uploadSessions: new Map(),
  };

  return {
    options: clientOptions(settings),
    messages,
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
      return response;
    },
    clear() {
      messages.length = 0;
      state.stored.length = 0;
      state.uploadSessions.clear();
      requests.length = 0;
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
