import type { composeAtOnce as Shortcut } from '../../src/nodemailer/compose-small';

const none: typeof Shortcut = () => undefined;

export const composeAtOnce = none;
export const composeForReading = none;
