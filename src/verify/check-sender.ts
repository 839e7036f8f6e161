import type { ResolvedOptions } from '../options/options';
import { doubted, type VerifyCheck } from './verify-check';

/**
 * A doubt about the address that recipients see, if there is one. Since June 2026 Microsoft is reported to bounce mail
 * of tenants whose addresses at onmicrosoft.com write to more than 100 recipients outside in a day (550 5.7.236);
 * Microsoft's own pages on it were not read.
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
