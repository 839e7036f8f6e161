import { readLiveSettings } from './live-settings';
import { runLiveChecks, startPlayedService } from './run-live-checks';

const settings = readLiveSettings(process.env);
const write = (line: string) => process.stdout.write(`${line}\n`);

if (settings.target === 'none') {
  write(
    `Skipped: the live checks need a tenant, but ${settings.why}. LIVE_TARGET=sandbox tries them on the sandbox.`,
  );
  test.skip('the service keeps to the rules of the sandbox', () => undefined);
} else {
  test('the service keeps to the rules of the sandbox', async () => {
    const played = settings.target === 'sandbox' ? await startPlayedService() : undefined;
    const options = settings.target === 'tenant' ? settings.service : played?.options;
    if (!options) throw new Error('there is nothing to check');
    write(`Rules of the sandbox, checked on ${options.graphEndpoint}:\n`);
    const results = await runLiveChecks(options, write);
    await played?.close();
    const broken = results.filter(({ verdict }) => verdict === 'contradicted' || verdict === 'failed');
    write(
      `\n${results.length} rules: ${results.filter(({ verdict }) => verdict === 'confirmed').length} confirmed`,
    );
    expect(broken).toEqual([]);
  });
}
