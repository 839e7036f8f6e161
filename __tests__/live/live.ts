import { readLiveSettings } from '../../src/prove/live-settings';
import { resultLines, TABLE_HEAD } from '../../src/prove/report';
import { proveRules } from '../../src/prove/run-live-checks';
import { startSandboxService } from '../../src/prove/sandbox-service';

const settings = readLiveSettings(process.env);
const write = (line: string) => process.stdout.write(`${line}\n`);

if (settings.target === 'none') {
  write(
    `Skipped: the live checks need a tenant, but ${settings.why}. LIVE_TARGET=sandbox tries them on the sandbox.`,
  );
  test.skip('the service keeps to the rules of the sandbox', () => undefined);
} else {
  test('the service keeps to the rules of the sandbox', async () => {
    const played = settings.target === 'sandbox' ? await startSandboxService() : undefined;
    const options = settings.target === 'tenant' ? settings.service : played?.options;
    if (!options) throw new Error('there is nothing to check');
    write(`Rules of the sandbox, checked on ${options.graphEndpoint}:\n`);
    write(TABLE_HEAD);
    const results = await proveRules(options, (result) => resultLines(result).forEach(write));
    await played?.close();
    const broken = results.filter(({ verdict }) => verdict === 'contradicted' || verdict === 'failed');
    write(
      `\n${results.length} rules: ${results.filter(({ verdict }) => verdict === 'confirmed').length} confirmed`,
    );
    expect(broken).toEqual([]);
  });
}
