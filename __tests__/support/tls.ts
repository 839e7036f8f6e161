import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(__dirname, '../../fixtures/tls');

/** A certificate for `localhost` and `*.sandbox.example`, and the CA that vouches for it. */
export const TLS = {
  caFile: join(folder, 'ca.pem'),
  ca: readFileSync(join(folder, 'ca.pem'), 'utf8'),
  cert: readFileSync(join(folder, 'server.pem'), 'utf8'),
  key: readFileSync(join(folder, 'server-key.pem'), 'utf8'),
};
