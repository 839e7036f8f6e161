// What the senders of the benchmark send to, in a process of its own: Graph, SES and SMTP as thin as they can be.
// They take everything in, look at nothing, and so leave the machine to the senders.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { SMTPServer } from 'smtp-server';

const DRAFT = JSON.stringify({ id: 'draft', isDraft: true, createdDateTime: '2026-01-01T00:00:00Z' });

const graph = createServer(async (request, response) => {
  const answer = (status, body) => {
    const type = body && { 'content-type': 'application/json' };
    response.writeHead(status, { 'request-id': 'bench', ...type }).end(body);
  };
  let bytes = 0;
  for await (const chunk of request) bytes += chunk.length;
  const { method, url, headers } = request;
  const route = `${method} ${new URL(url, 'http://sink').pathname.split('/').at(-1)}`;
  if (route === 'POST token') {
    return answer(200, JSON.stringify({ token_type: 'Bearer', expires_in: 3599, access_token: 'bench' }));
  }
  if (route === 'GET openid-configuration') return answer(200, JSON.stringify(openId(url)));
  if (route === 'POST outbound-emails') return answer(200, '{"MessageId":"bench"}');
  if (route === 'POST messages') return answer(201, DRAFT);
  if (route === 'POST createUploadSession') {
    const expirationDateTime = new Date(Date.now() + 3_600_000);
    return answer(201, JSON.stringify({ uploadUrl: `http://${headers.host}/upload`, expirationDateTime }));
  }
  if (route === 'PUT upload') {
    const [, last, total] = /-(\d+)\/(\d+)$/.exec(headers['content-range']);
    if (Number(last) + 1 === Number(total)) return answer(201, '{}');
    return answer(200, JSON.stringify({ nextExpectedRanges: [`${Number(last) + 1}-`] }));
  }
  // A message to nobody: what arrives must be mail.
  answer(bytes > 0 || route === 'POST send' ? 202 : 400);
});

const smtpServer = async (options) => {
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    logger: false,
    onData(stream, _session, done) {
      stream.resume().on('end', done);
    },
    ...options,
  });
  const server = smtp.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server.address().port;
};

graph.listen(0, '127.0.0.1');
await once(graph, 'listening');
const origin = `http://127.0.0.1:${graph.address().port}`;
process.send({
  graphUrl: origin,
  smtpPort: await smtpServer({}),
  // It takes one command at a time.
  slowSmtpPort: await smtpServer({ hidePIPELINING: true }),
});

function openId(url) {
  const tenant = url.split('/')[1];
  const secure = origin.replace('http:', 'https:');
  return {
    issuer: `${secure}/${tenant}/v2.0`,
    authorization_endpoint: `${secure}/${tenant}/oauth2/v2.0/authorize`,
    token_endpoint: `${secure}/${tenant}/oauth2/v2.0/token`,
    jwks_uri: `${secure}/${tenant}/discovery/v2.0/keys`,
  };
}
