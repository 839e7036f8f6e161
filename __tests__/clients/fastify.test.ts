import fastify, { type FastifyInstance } from 'fastify';
import mailer from 'fastify-mailer';
import { sandboxForClient } from './support';

const { transport, sent } = sandboxForClient();

const hasMailer = (app: object): app is FastifyMailer => 'mailer' in app;

test('fastify-mailer sends from a route', async () => {
  const app: FastifyInstance = fastify();
  await app.register(mailer, {
    defaults: { from: '"Contoso App" <app@contoso.example>' },
    transport: transport(),
  });
  app.post('/orders', async (_request, reply) => {
    if (!hasMailer(app)) throw new Error('no mailer');
    const info = await app.mailer.sendMail({
      to: 'ann@example.com',
      subject: 'Your order',
      text: 'Thank you',
    });
    return reply.send({ accepted: info.accepted });
  });
  const address = await app.listen({ port: 0, host: '127.0.0.1' });
  const answer = await fetch(`${address}/orders`, { method: 'POST' });
  await app.close();
  expect(await answer.json()).toEqual({ accepted: ['ann@example.com'] });
  expect(sent()).toMatchObject({
    from: { name: 'Contoso App', address: 'app@contoso.example' },
    subject: 'Your order',
  });
});
