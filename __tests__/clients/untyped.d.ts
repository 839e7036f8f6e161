// What the tests use of clients that bring no types of their own.
declare module 'email-templates' {
  import type { SendMailOptions, SentMessageInfo, Transport } from 'nodemailer';

  class Email {
    constructor(config: {
      transport: Transport;
      message: SendMailOptions;
      send: boolean;
      preview: boolean;
      views: { root: string; options: { map: Record<string, string>; extension: string } };
    });
    send(options: { template: string; message: SendMailOptions; locals: object }): Promise<SentMessageInfo>;
  }
  export = Email;
}

declare module 'fastify-mailer' {
  import type { FastifyPluginCallback } from 'fastify';
  import type { MailDefaults, Transport, Transporter } from 'nodemailer';

  global {
    interface FastifyMailer {
      mailer: Transporter;
    }
  }
  const plugin: FastifyPluginCallback<{ transport: Transport; defaults?: MailDefaults }>;
  export = plugin;
}

declare module 'nodemailer-express-handlebars' {
  import type { ExpressHandlebars } from 'express-handlebars';
  import type { PluginFunction } from 'nodemailer';

  function hbs(options: { viewEngine: ExpressHandlebars; viewPath: string; extName: string }): PluginFunction;
  export = hbs;
}

declare module 'nodemailer-html-to-text' {
  import type { PluginFunction } from 'nodemailer';
  export function htmlToText(options?: { wordwrap?: number }): PluginFunction;
}

declare module 'preview-email' {
  import type { SendMailOptions } from 'nodemailer';

  function previewEmail(message: SendMailOptions, options: { dir: string; open: boolean }): Promise<string>;
  export = previewEmail;
}
