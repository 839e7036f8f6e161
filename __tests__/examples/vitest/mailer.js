import nodemailer from 'nodemailer';
import { graphTransport } from 'nodemailer-graph-transport';

export function createMailer(options) {
  const transporter = nodemailer.createTransport(graphTransport(options));
  return {
    confirmOrder: ({ number, email }) =>
      transporter.sendMail({
        to: email,
        subject: `Your order ${number}`,
        html: `<p>Thank you! <a href="https://shop.example/orders/${number}">See your order</a></p>`,
        attachments: [{ filename: 'invoice.txt', content: `Order ${number}` }],
      }),
  };
}
