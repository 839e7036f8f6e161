import type { SandboxRuleName } from '../rules/index';
import type { SandboxSettings } from '../settings';

/** A refusal in Graph's form. */
export interface GraphError {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** In addition to those of every answer. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request that Graph refuses: thrown where a rule is broken, answered in one place. */
export class GraphRefusal extends Error implements GraphError {
  override readonly name = 'GraphRefusal';

  constructor(
    /** The rule that the request breaks. */
    readonly rule: SandboxRuleName,
    readonly status: number,
    readonly code: string,
    message: string,
    /** In addition to those of every answer. */
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

/** Graph has one code for every bad token. */
export const INVALID_TOKEN = 'InvalidAuthenticationToken';
/** Outlook's code for a token that is meant for another resource. */
export const INVALID_AUDIENCE = 'InvalidAudience';
/** The app id of Graph itself, the same in every tenant. */
const GRAPH_APP_ID = '00000003-0000-0000-c000-000000000000';

/** Tells the client of a 401 where to get a token. [rule: bearer-challenge] */
export function bearerChallenge(
  { authorityHost }: Pick<SandboxSettings, 'authorityHost'>,
  more: Readonly<Record<string, string>> = {},
): string {
  const parameters = {
    realm: '',
    authorization_uri: `${authorityHost}/common/oauth2/authorize`,
    client_id: GRAPH_APP_ID,
    ...more,
  };
  const text = Object.entries(parameters).map(([name, value]) => `${name}="${value}"`);
  return `Bearer ${text.join(', ')}`;
}

/**
 * Reports name both 413 and 400 for a request over the limit. 413 with this code cannot be mistaken for an error in
 * the message itself.
 */
export function tooLarge(rule: SandboxRuleName, message: string): GraphRefusal {
  return new GraphRefusal(rule, 413, 'RequestEntityTooLarge', message);
}

/** Refuses a request over the limit, with the status of the settings. */
export function requestTooLarge(
  { oversizedRequest }: Pick<SandboxSettings, 'oversizedRequest'>,
  limitBytes: number,
): GraphRefusal {
  const message = 'The maximum request length supported is 4MB.';
  if (oversizedRequest === 400) return new GraphRefusal('body-too-large', 400, 'BadRequest', message);
  return tooLarge('body-too-large', `${message} The sandbox takes ${limitBytes} bytes.`);
}

/** Refuses what the service can do and the sandbox cannot, so it is not mistaken for what the service would answer. */
export function notImplemented(what: string): GraphRefusal {
  return new GraphRefusal('not-played', 501, 'notSupported', `The sandbox does not implement ${what}.`);
}

/** The same for a whole request, with the list of what there is. */
export function noSuchRequest(request: Request): GraphRefusal {
  const { message } = notImplemented(`${request.method} ${new URL(request.url).pathname}`);
  return new GraphRefusal(
    'not-played',
    501,
    'notSupported',
    `${message} It implements sendMail, drafts with their attachments, upload sessions, mail folders, messages and users.`,
  );
}

/** 401 with the claims that the client has to ask Entra for. */
export function claimsChallenge(
  claims: string,
  settings: Pick<SandboxSettings, 'authorityHost'>,
): GraphRefusal {
  const more = { error: 'insufficient_claims', claims: Buffer.from(claims).toString('base64') };
  return new GraphRefusal(
    'claims-challenge',
    401,
    INVALID_TOKEN,
    'Continuous access evaluation asks for another token.',
    { 'www-authenticate': bearerChallenge(settings, more) },
  );
}

/** 401 with the one code for bad tokens; the sentence tells the cases apart. */
export function unauthorized(rule: SandboxRuleName, message: string): GraphRefusal {
  return new GraphRefusal(rule, 401, INVALID_TOKEN, message);
}
