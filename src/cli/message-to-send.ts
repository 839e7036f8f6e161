import type { SendMailOptions } from 'nodemailer';
import type { AddressesOf } from './aliases';

/** A message, and what is told of it whatever becomes of it. */
export interface MessageToSend {
  mail: SendMailOptions;
  /** What From says; undefined if it says nothing. */
  from: string | undefined;
  recipients: string[];
}

/** How a message is to be other than it is given. */
export interface MessageChanges {
  /** The mailbox that is to be its From; undefined to leave From as it is. */
  forcedFrom: string | undefined;
  /** Who gets the mail of a recipient without a domain; undefined to leave recipients as they are. */
  addressesOf: AddressesOf | undefined;
}
