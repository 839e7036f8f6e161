import { isSameProperty } from './extended-properties';
import type { MessageContent } from './message';

/** PidTagMessageClass. [MS-OXCMSG] 2.2.1.3 */
export const MESSAGE_CLASS = 'String 0x001A';

/** The classes of reports, by the action of the first recipient. [MS-OXCMAIL] */
const REPORT_CLASSES = new Map([
  ['failed', 'NDR'],
  ['delayed', 'Delayed.DR'],
  ['delivered', 'DR'],
  ['relayed', 'Relayed.DR'],
  ['expanded', 'Expanded.DR'],
]);

/** The class of a message, which it has without being given one. [rule: message-class] */
export function messageClassOf({ extendedProperties, headers, mime }: MessageContent): string {
  const given = extendedProperties.find(({ id }) => isSameProperty(id, MESSAGE_CLASS));
  if (given) return given.value;
  const type = headers.find(({ name }) => name.toLowerCase() === 'content-type')?.value ?? '';
  const [, kind] =
    /^multipart\/report\b.*\breport-type="?(delivery-status|disposition-notification)\b/i.exec(type) ?? [];
  if (kind === undefined || mime === undefined) return 'IPM.Note';
  const text = mime.toString('latin1');
  if (kind.toLowerCase() === 'disposition-notification') {
    return `REPORT.IPM.Note.${/^Disposition:.*;\s*displayed/im.test(text) ? 'IPNRN' : 'IPNNRN'}`;
  }
  const [, action = 'failed'] = /^Action:\s*([a-z]+)/im.exec(text) ?? [];
  return `REPORT.IPM.Note.${REPORT_CLASSES.get(action.toLowerCase()) ?? 'NDR'}`;
}
