import type { TokenCredential } from '@azure/identity';
import { createSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox';
import { send } from '../sandbox/support';
import { sandboxCredential } from '../support/sandbox-credential';
import type { Chance } from './chance';
import { QUESTION } from './scenario';
import type { World } from './world';

/** The requests that matter to drafts, as faults and traces name them. */
export type RequestName =
  | 'create'
  | 'attach'
  | 'upload'
  | 'mark'
  | 'search'
  | 'folder'
  | 'read'
  | 'move'
  | 'delete'
  | 'send'
  | 'other';

/** What was carried out, whatever became of the answer. */
export interface Deed {
  request: RequestName;
  by: string;
  at: number;
  /** The draft: of the path, or of the answer to its creation. */
  id: string | undefined;
  /** The id that it has since then, if it was moved. */
  movedTo: string | undefined;
  status: number;
  /** Whether the id was that of a draft just before. */
  wasDraft: boolean;
}

/** The real sandbox with virtual time, and a book of what was truly done. */
export class Service {
  readonly sandbox: Sandbox;
  readonly deeds: Deed[] = [];
  credential: TokenCredential | undefined;
  readonly #world: World;

  constructor(world: World, chance: Chance, options: SandboxOptions) {
    this.#world = world;
    this.sandbox = createSandbox({
      ...options,
      now: () => world.now,
      random: chance.next,
      tokenLifetime: 10 ** 9,
    });
  }

  /** Gets the token that all processes use: how tokens are got is none of the simulation's subjects. */
  async start(): Promise<void> {
    this.credential = await sandboxCredential(this.sandbox);
  }

  /** Sends the message that is answered, long before anything else happens. */
  async hold(internetMessageId: string): Promise<void> {
    const toRecipients = [{ emailAddress: { address: 'ann@example.com' } }];
    await send(this.sandbox, { subject: 'A question', internetMessageId, toRecipients });
    this.#world.now += 60_000;
  }

  /** Carries a request out, all at once. */
  async carryOut(request: Request, by: string): Promise<Response> {
    const { name, id } = whatIs(request);
    const wasDraft = this.draftIds.includes(id ?? '');
    const response = await this.sandbox.handle(request);
    const isNew = response.status === 201 && (name === 'create' || name === 'move');
    const newId: string | undefined = isNew ? (await response.clone().json()).id : undefined;
    this.deeds.push({
      request: name,
      by,
      at: this.#world.now,
      id: name === 'create' ? newId : id,
      movedTo: name === 'move' ? newId : undefined,
      status: response.status,
      wasDraft,
    });
    return response;
  }

  /** Drafts that are there and are not held, by the ids that lead to them. */
  get draftIds(): string[] {
    return this.sandbox.drafts.flatMap(({ id, sendsAt }) => (sendsAt ? [] : [id]));
  }

  /** The /send requests that sent something or had it held, in their order. To hold it again changes nothing. */
  get deliveries(): Deed[] {
    const sends = this.deeds.filter(({ request, status }) => request === 'send' && status === 202);
    return sends.filter(({ id }, index) => sends.findIndex((other) => other.id === id) === index);
  }

  /** How many mails have gone out or are held. */
  get mails(): number {
    const out = this.sandbox.messages.filter(({ internetMessageId }) => internetMessageId !== QUESTION);
    return out.length + this.sandbox.drafts.filter(({ sendsAt }) => sendsAt).length;
  }
}

/** Which request it is, and of which draft. */
export function whatIs({ method, url }: { method: string; url: string }): {
  name: RequestName;
  id: string | undefined;
} {
  const { pathname } = new URL(url);
  if (pathname.startsWith('/upload/')) return { name: 'upload', id: undefined };
  if (pathname.includes('/mailFolders/')) return { name: 'folder', id: undefined };
  const [, encoded, action] = /\/messages(?:\/([^/]+))?(?:\/(.+))?$/.exec(pathname) ?? [];
  if (encoded === undefined)
    return { name: method === 'GET' ? 'search' : method === 'POST' ? 'create' : 'other', id: undefined };
  const id = decodeURIComponent(encoded);
  if (action === 'send' || action === 'move') return { name: action, id };
  if (action?.startsWith('createReply')) return { name: 'create', id: undefined };
  if (action !== undefined) return { name: 'attach', id };
  const byMethod: Record<string, RequestName> = { GET: 'read', PATCH: 'mark', DELETE: 'delete' };
  return { name: byMethod[method] ?? 'other', id };
}
