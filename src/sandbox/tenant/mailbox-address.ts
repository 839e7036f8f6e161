import { createHash } from 'node:crypto';
import type { SandboxMailbox } from '../settings';

/** Whether a text can be the user principal name of a mailbox. */
export function isMailboxAddress(text: string): boolean {
  return /^[^\s\p{Cc}@<>()[\],;:"`\\/?]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*$/u.test(text);
}

/** A mailbox with this address. It always gets the same id, so an app's settings can name it. */
export function toMailbox(address: string): SandboxMailbox {
  return { id: idOf(address), userPrincipalName: address, displayName: displayNameOf(address) };
}

export function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1).toLowerCase();
}

/** A GUID of version 8, which RFC 9562 gives to ids derived from something else. */
function idOf(address: string): string {
  const hex = createHash('sha256').update(address.toLowerCase()).digest('hex');
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`];
  return [...parts, hex.slice(20, 32)].join('-');
}

/** `order.desk@contoso.com` becomes Order Desk. */
function displayNameOf(address: string): string {
  const words = address.slice(0, address.lastIndexOf('@')).split(/[._+-]+/);
  const name = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(' ');
  return name.trim() || address;
}

export function isGuid(text: string): boolean {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}
