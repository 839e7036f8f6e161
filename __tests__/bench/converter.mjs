// What the converter takes for a message that is compiled already, step by step, as multiples of what mailparser
// alone takes for it: a regression is seen in the step where it happens. Run by `npm run bench:converter`.
import { createRequire } from 'node:module';
import { MailParser } from 'mailparser';
import nodemailer from 'nodemailer';
import { MAILS } from './mails.mjs';

const require = createRequire(import.meta.url);
const { readMessage } = require('../../dist/mime/read-message');
const { jsonLosses } = require('../../dist/message/json-losses');
const { toGraphMessage } = require('../../dist/message/graph-message');
const { jsonRequest } = require('../../dist/delivery/request-bodies');

const ROUNDS = Number(process.env.ROUNDS ?? 9);
const LIMITS = { heldBytes: 3_000_000, messageBytes: 150_000_000 };
const context = {
  envelopeTo: ['ann@example.com', 'bob@example.org'],
  replyTo: [],
  messageId: '<1@contoso.example>',
};
const compiler = nodemailer.createTransport({ streamTransport: true, buffer: true });

for (const [name, { title, count, mail }] of Object.entries(MAILS)) {
  if (name === '20 MB') continue;
  const { message: mime } = await compiler.sendMail(mail());
  const { content } = await readMessage((reader) => reader.end(mime), LIMITS);
  const message = toGraphMessage(content, context);
  const steps = {
    'mailparser alone': () => parse(mime),
    'read the message': async () => (await readMessage((reader) => reader.end(mime), LIMITS)).close(),
    'look for what JSON loses': () => jsonLosses(content),
    'make the Graph message': () => toGraphMessage(content, context),
    'write the JSON': () => [...jsonRequest(message, true).body.pieces()],
  };
  const times = Object.fromEntries(Object.keys(steps).map((step) => [step, []]));
  for (let round = -3; round < ROUNDS; round++) {
    for (const [step, work] of Object.entries(steps)) {
      const { user, system } = await cpuOf(work, count);
      if (round >= 0) times[step].push((user + system) / count);
    }
  }
  const base = median(times['mailparser alone']);
  const rows = Object.entries(times).map(([step, list]) => {
    const us = median(list);
    return [step, { 'CPU µs': us.toFixed(1), '÷ mailparser': (us / base).toFixed(2) }];
  });
  console.log(`\n${title}, median of ${ROUNDS} rounds of ${count}`);
  console.table(Object.fromEntries(rows));
}

async function cpuOf(work, count) {
  global.gc();
  const before = process.cpuUsage();
  for (let n = 0; n < count; n++) await work();
  return process.cpuUsage(before);
}

function parse(mime) {
  return new Promise((resolve, reject) => {
    const parser = new MailParser({
      skipHtmlToText: true,
      skipTextToHtml: true,
      skipImageLinks: true,
      checksumAlgo: false,
    });
    parser.on('data', (part) => {
      if (part.type === 'attachment') part.content.on('end', () => part.release()).resume();
    });
    parser.on('end', resolve);
    parser.on('error', reject);
    parser.end(mime);
  });
}

function median(list) {
  return list.toSorted((a, b) => a - b)[list.length >> 1];
}
