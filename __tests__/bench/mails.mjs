// The mails of the benchmark. Files are random, as compressed files and pictures look.
import { randomBytes } from 'node:crypto';

const from = { name: 'Contoso Orders', address: 'app@contoso.example' };
const to = [{ name: 'Ann Müller', address: 'ann@example.com' }, 'bob@example.org'];
const paragraph =
  'Thank you for your order. We have packed it today, and it leaves our warehouse tomorrow morning.';
const text = Array(15).fill(paragraph).join('\n\n');
const html = `<!doctype html><html><body>${Array(28).fill(`<p style="margin:0">${paragraph}</p>`).join('\n')}</body></html>`;
const order = { from, to, subject: 'Your order № 4711', text, html };

const PICTURES = [1, 2, 3];
const picture = (n) => ({
  filename: `picture-${n}.png`,
  cid: `picture-${n}@contoso.example`,
  content: randomBytes(50_000),
});
const images = PICTURES.map((n) => `<img src="cid:picture-${n}@contoso.example">`).join('');
const withFile = (bytes) => ({
  ...order,
  attachments: [{ filename: 'plans.zip', content: randomBytes(bytes) }],
});

/** What each is, its bytes, and how many of it make a round of about a second. */
export const MAILS = {
  small: { title: '5 KB text and HTML', bytes: 5_000, count: 2000, mail: () => order },
  pictures: {
    title: '3 inline images, 150 KB',
    bytes: 150_000,
    count: 200,
    mail: () => ({ ...order, html: html.replace('<p', `${images}<p`), attachments: PICTURES.map(picture) }),
  },
  '1 MB': { title: '1 MB attachment', bytes: 1_000_000, count: 60, mail: () => withFile(1_000_000) },
  '20 MB': { title: '20 MB attachment', bytes: 20_000_000, count: 4, mail: () => withFile(20_000_000) },
};
