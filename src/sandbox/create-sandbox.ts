import { createAccessTokens } from './access-token';
import type { Delivery } from './delivery';
import { exchange } from './exchange';
import type { SandboxFault, SandboxFaultChooser, SandboxFaultOptions } from './fault';
import { createFaultPlan } from './fault-plan';
import { createMailboxLoad } from './mailbox-load';
import type { SandboxRequestName } from './request-name';
import { type SandboxDraft, toSandboxDraft } from './sandbox-draft';
import type { SandboxMessage } from './sandbox-message';
import type { SandboxRequest } from './sandbox-request';
import type { SandboxState } from './sandbox-state';
import { resolveSettings, type SandboxOptions, type SandboxSettings } from './settings';
import { toResponse } from './to-response';

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
  /**
   * The most requests to Graph that there ever were at once, by the user principal name of their mailbox; those
   * that were refused for being too many are counted too.
   */
  readonly concurrency: Readonly<Record<string, number>>;
  /**
   * Lays a fault for the next request of that name, or the next `times`. Of several, each request meets the one that
   * was laid first.
   */
  failNext(request: SandboxRequestName, fault: SandboxFault, options?: SandboxFaultOptions): void;
  /** Asks a function about each request that meets no fault of `failNext`; undefined takes it away. */
  failWith(choose: SandboxFaultChooser | undefined): void;
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
}

/** A sandbox that listens nowhere: `handle` goes behind msw, a test or any server. */
export function createSandbox(options: SandboxOptions = {}): Sandbox {
  return assembleSandbox(options).sandbox;
}

/** A sandbox, and the way into it for a server that can do to a connection what a Response cannot say. */
export function assembleSandbox(options: SandboxOptions): {
  sandbox: Sandbox;
  take(request: Request): Promise<Delivery>;
} {
  const settings = resolveSettings(options);
  const state: SandboxState = {
    settings,
    tokens: createAccessTokens(settings),
    messages: [],
    stored: [],
    requests: [],
    faults: createFaultPlan(),
    load: createMailboxLoad(settings.limits.concurrentRequests),
    uploadSessions: new Map(),
  };
  const { messages, requests, faults, load, tokens } = state;
  const take = (request: Request) => exchange(request, state);

  const sandbox: Sandbox = {
    options: clientOptions(settings),
    messages,
    get drafts() {
      return state.stored.filter(({ isDraft }) => isDraft).map((draft) => toSandboxDraft(draft, state));
    },
    requests,
    concurrency: load.peaks,
    failNext: faults.failNext,
    failWith: faults.failWith,
    revokeTokens: tokens.revoke,
    async handle(request) {
      return toResponse(await take(request), request);
    },
    clear() {
      messages.length = 0;
      state.stored.length = 0;
      state.uploadSessions.clear();
      requests.length = 0;
      faults.clear();
      load.clear();
      tokens.forgetDemand();
    },
  };
  return { sandbox, take };
}

function clientOptions(settings: SandboxSettings): SandboxClientOptions {
  const { tenantId, clientId, clientSecret, mailboxes, authorityHost, graphEndpoint } = settings;
  const userId = mailboxes[0]?.userPrincipalName ?? '';
  return { tenantId, clientId, clientSecret, userId, authorityHost, graphEndpoint };
}
