import type { SingleValueLegacyExtendedProperty } from '@microsoft/microsoft-graph-types';

/**
 * A property of our own on every draft, by which it is found again without its id: a draft whose answer was
 * lost, or one that another process has left. Named properties need a GUID of whoever names them.
 *
 * It is not a header: recipients do not see it.
 */
const MARK_ID = 'String {6f0b1a52-8c55-4c1c-9a0e-0a7f3f3b9d21} Name nodemailer-graph-transport';

/** The property that marks a message. */
export function messageMark(value: string): SingleValueLegacyExtendedProperty {
  return { id: MARK_ID, value };
}

/**
 * `$filter` for messages with that mark, in all folders of the mailbox
 * (Microsoft Graph documentation, api-reference/v1.0/api/singlevaluelegacyextendedproperty-get.md).
 *
 * @param value without quotes; upper and lower case are the same to Graph
 */
export function hasMark(value: string): string {
  return `singleValueExtendedProperties/Any(ep: ep/id eq '${MARK_ID}' and ep/value eq '${value}')`;
}
