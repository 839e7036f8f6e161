import type { ResolvedOptions } from '../options/resolved-options';
import { doubted, type VerifyCheck } from './verify-check';

/**
 * A warning about the address that recipients see, if there is a reason for one. Since June 2026, Microsoft is
 * reported to bounce mail from onmicrosoft.com addresses of tenants that write to more than 100 outside
 * recipients (550 5.7.236). Microsoft's own pages about it were not read.
 */
export function checkSender({ from, userId }: ResolvedOptions): VerifyCheck[] {
  const sender = from?.address ?? (typeof userId === 'string' ? userId.trim() : '');
  if (!/\.onmicrosoft\.com$/i.test(sender)) return [];
  return [
    doubted(
      'sender',
      `Messages come from ${sender}: addresses at onmicrosoft.com are meant for trials, and a tenant's mail from them to more than 100 recipients outside it a day is reported to bounce (550 5.7.236).`,
      'Add a domain of your own in the Microsoft 365 admin center and send from an address there.',
    ),
  ];
}
