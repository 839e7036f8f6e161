// With the types that Nodemailer has of its own: a message's `graph` and the fields of the result.
import nodemailer from 'nodemailer';
import { graphTransport } from 'nodemailer-graph-transport';

const transporter = nodemailer.createTransport(graphTransport());
const info = await transporter.sendMail({ to: 'ann@example.com', graph: { importance: 'high' } });
export const route: 'json' | 'mime' | 'draft' = info.route;
// @ts-expect-error: no such option
await transporter.sendMail({ graph: { fromat: 'json' } });
