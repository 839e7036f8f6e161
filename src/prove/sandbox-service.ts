import { type StartSandboxOptions, startSandbox } from '../sandbox';
import { connectLiveService, type LiveServiceOptions } from './live-service';

/** A sandbox to compare with, or to check in place of a tenant. It has everything that the checks need. */
export async function startSandboxService(settings: StartSandboxOptions = {}) {
  const sandbox = await startSandbox({
    mailboxes: [
      {
        id: 'a9b6f1c4-51f0-4c4e-9d2b-0d7c1e5b8a01',
        userPrincipalName: 'app@contoso.example',
        displayName: 'Contoso App',
        aliases: ['alias@contoso.example'],
      },
    ],
    roles: ['Mail.Send', 'Mail.ReadWrite', 'ExchangeMessageTrace.Read.All'],
    // Long enough for requests to overlap.
    latency: 5,
    ...settings,
  });
  const options: LiveServiceOptions = {
    ...sandbox.options,
    to: 'ann@example.com',
    alias: 'alias@contoso.example',
    foreignFrom: 'nobody@example.com',
    // The sandbox files messages at once, so there is no point in waiting.
    lookMs: 1,
  };
  return { sandbox, options, service: await connectLiveService(options), close: () => sandbox.close() };
}
