import type { Dispatcher } from 'undici';
import { AccessTokenSource } from './auth/access-token';
import { createCredential } from './auth/credential';
import type { Clock } from './clock';
import type { Secrets } from './errors/secrets';
import { type AnswerEvent, GraphClient, type GraphClientOptions } from './graph/client';
import { createDispatcher, passwordsOf } from './network/dispatcher';
import { makeParser } from './network/http-parser';
import type { ResolvedOptions } from './options/resolved-options';

/** What a transport reaches Graph through. */
export interface Connection {
  tokens: AccessTokenSource;
  client: GraphClient;
  /** What the client was made with, for others beside it. */
  clientOptions: GraphClientOptions;
  /** The connections, if they are the transport's own. */
  ownDispatcher: Dispatcher | undefined;
}

/** Prepares connections, tokens and requests. Nothing is asked yet. */
export function connect(
  options: ResolvedOptions,
  secrets: Secrets,
  clock: Clock,
  onAnswer: (event: AnswerEvent) => void,
): Connection {
  const { identity, graphEndpoint, insecureSandbox, debug, connectionTimeout, socketTimeout } = options;
  for (const password of passwordsOf(options, process.env)) secrets.addSecret(password);
  if (options.tuneV8 && !options.dispatcher) makeParser();
  const dispatcher = options.dispatcher ?? createDispatcher(options, process.env);
  const timeoutMs = connectionTimeout + socketTimeout;
  const tokens = new AccessTokenSource(
    createCredential(identity, dispatcher, timeoutMs, secrets, clock),
    `${graphEndpoint}/.default`,
    (token) => secrets.addToken(token),
    clock,
  );
  const clientOptions: GraphClientOptions = {
    endpoint: graphEndpoint,
    insecureSandbox,
    tokens,
    dispatcher,
    socketTimeout,
    secrets,
    clock,
    ...(debug && { onAnswer }),
  };
  return {
    tokens,
    client: new GraphClient(clientOptions),
    clientOptions,
    ownDispatcher: options.dispatcher ? undefined : dispatcher,
  };
}
