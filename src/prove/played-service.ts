import { type StartSandboxOptions, startSandbox } from '../sandbox';
import { connectLiveService, type LiveServiceOptions } from './live-service';

/** The sandbox that is compared with, or stands in for a tenant; with what the checks may need of one. */
export async function startPlayedService(settings: StartSandboxOptions = {}) {
  const sandbox = await startSandbox({
    mailboxes: [
      {
        id: 'a9b6f1c4-51f0-4c4e-9d2b-0d7c1e5b8a01',
        userPrincipalName: 'app@contoso.example',
        displayName: 'Contoso App',
        aliases: ['alias@contoso.example'],
      },
    ],
    // Long enough for requests to meet.
    latency: 15,
    ...settings,
  });
  const options: LiveServiceOptions = {
    ...sandbox.options,
    to: 'ann@example.com',
    alias: 'alias@contoso.example',
    foreignFrom: 'nobody@example.com',
    // What is not there at once does not come later.
    lookMs: 1,
  };
  return { sandbox, options, service: await connectLiveService(options), close: () => sandbox.close() };
}
