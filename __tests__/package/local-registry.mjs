// A registry on this machine that has this package as it is packed, and leads to the usual one for all others: so that
// `npm install` and `npx` take its name as they will once it is published.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

/**
 * @param manifest the package.json in the tarball
 * @param upstream the registry for everything else
 */
export async function startRegistry(tarball, manifest, upstream) {
  const { name, version } = manifest;
  const content = readFileSync(tarball);
  const path = `/${name}/-/${name}-${version}.tgz`;
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    if (pathname === path) {
      response.end(content);
    } else if (pathname === `/${name}`) {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(packument(`http://${request.headers.host}${path}`)));
    } else if (request.method === 'GET') {
      response.writeHead(302, { location: new URL(request.url.slice(1), upstream).href }).end();
    } else {
      response.writeHead(404).end();
    }
  });
  const packument = (url) => ({
    name,
    'dist-tags': { latest: version },
    versions: {
      [version]: {
        ...manifest,
        dist: {
          tarball: url,
          integrity: `sha512-${createHash('sha512').update(content).digest('base64')}`,
        },
      },
    },
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
