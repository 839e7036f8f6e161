import { kindOf, statusOf } from '../../src/bounces/kind';
import { fc } from '../support/fast-check';

/** What products say when they refuse a mail: who, what it means, the status of the report or -, and their words. */
const SAID = `
Mimecast | filtered | 5.4.7 | 554 Email rejected due to security policies - MCSpamSignature.x.y
Mimecast | filtered | 5.0.0 | 550 Administrative prohibition - envelope blocked
Mimecast | filtered | 5.0.0 | 550 Rejected by header based Anti-Spoofing policy: app@contoso.com
Mimecast | filtered | - | 550 csi.mimecast.org Poor Reputation Sender.
Mimecast | filtered | 5.0.0 | 550 Envelope blocked - User Domain Entry
Mimecast | hard | 5.0.0 | 550 Invalid Recipient - https://community.mimecast.com/docs/DOC-1369#550
Mimecast | soft | 5.0.0 | 554 Maximum email size exceeded
Proofpoint | filtered | 5.7.0 | 550 5.7.0 Blocked - see https://ipcheck.proofpoint.com/?ip=192.0.2.9
Proofpoint | filtered | 5.4.7 | 554 Blocked - see https://ipcheck.proofpoint.com/?ip=192.0.2.9
Proofpoint | filtered | 5.2.1 | 550 5.2.1 Mailbox unavailable. Your IP address 192.0.2.9 is blacklisted using Invaluement.
Proofpoint | filtered | 5.0.0 | 550 Message rejected due to possible spam content
Proofpoint | filtered | 5.7.1 | 554 5.7.1 Message rejected because of unacceptable attachments
Barracuda | filtered | 5.3.0 | 554 rejected due to spam URL in content
Barracuda | filtered | 5.0.0 | 550 permanent failure for one or more recipients (ann@example.com:blocked)
Barracuda | hard | 5.0.0 | 550 permanent failure for one or more recipients (ann@example.com:550 5.1.1 User unknown)
Barracuda | filtered | 5.4.7 | 554 Service unavailable; Client host [192.0.2.9] blocked using Barracuda Reputation; http://www.barracudanetworks.com/reputation/?r=1&ip=192.0.2.9
Cisco | filtered | 5.0.0 | 554-mx1.example.com 554 Your access to this mail system has been rejected due to the sending MTA's poor reputation.
Cisco | filtered | 5.7.1 | 550 #5.7.1 Your access to submit messages to this e-mail system has been rejected.
Cisco | hard | 5.1.0 | 550 #5.1.0 Address rejected.
Cisco | soft | 4.0.0 | 452 #4.5.3 Too many recipients
Trend Micro | filtered | 5.7.1 | 554 5.7.1 Service unavailable; Client host [192.0.2.9] blocked using Trend Micro RBL+. Please see http://www.mail-abuse.com/cgi-bin/lookup?ip_address=192.0.2.9
Trend Micro | filtered | 5.4.7 | 550 5.4.7 Mail from 192.0.2.9 refused: blocked using Trend Micro Email Reputation Service
Trend Micro | filtered | 5.7.1 | 550 5.7.1 <ann@example.com>: Recipient address rejected: Mail was blocked by Trend Micro Hosted Email Security
Sophos | filtered | 5.7.1 | 550 5.7.1 This message has been rejected because the sender is on a blocked list (Sophos)
Sophos | filtered | 5.0.0 | 550 Sender is blacklisted by Sophos Email
Sophos | filtered | 5.7.7 | 550 5.7.7 Email not accepted for policy reasons
Symantec | filtered | 5.0.0 | 553-Message filtered. Refer to the Troubleshooting page at http://www.symanteccloud.com/troubleshooting for more information. (#5.7.1)
Symantec | hard | 5.0.0 | 550-Invalid recipient <ann@example.com> (#5.1.1)
MessageLabs | filtered | 5.0.0 | 501 Connection rejected by policy [7.7] 20703, please visit www.messagelabs.com/support for more details
MessageLabs | filtered | 5.0.0 | 553-SPF (Sender Policy Framework) domain authentication fail. Refer to the Troubleshooting page
MessageLabs | filtered | 5.0.0 | 550 Requested action aborted [7.2] 12002, rejected by policy
Google | filtered | 5.7.1 | 550-5.7.1 [192.0.2.9] Our system has detected that this message is likely unsolicited mail. To reduce the amount of spam sent to Gmail, this message has been blocked.
Google | filtered | 5.7.28 | 550-5.7.28 There is an unusual rate of unsolicited mail originating from your IP address.
Google | filtered | 5.7.0 | 552-5.7.0 This message was blocked because its content presents a potential security issue.
Google | filtered | 5.7.1 | 550-5.7.1 The IP you're using to send mail is not authorized to send email directly to our servers.
Google | filtered | 5.7.1 | 550-5.7.1 The user or domain that you are sending to (or from) has a policy that prohibited the mail that you sent.
Google | hard | 5.2.1 | 550-5.2.1 The email account that you tried to reach is disabled. Learn more at https://support.google.com/mail/?p=DisabledUser
Google | hard | 5.1.1 | 550-5.1.1 The email account that you tried to reach does not exist. Please try double-checking the recipient's email address
Google | soft | 5.2.1 | 550-5.2.1 The user you are trying to contact is receiving mail at a rate that prevents additional messages from being delivered.
Google | soft | 5.2.2 | 552-5.2.2 The recipient's inbox is out of storage space and inactive.
Google | soft | 5.4.5 | 550-5.4.5 Daily user sending limit exceeded.
Yahoo | filtered | 5.7.9 | 554 5.7.9 Message not accepted for policy reasons. See https://postmaster.yahooinc.com/error-codes
Yahoo | filtered | 5.0.0 | 554 Message not allowed - [PH01] Email not accepted for policy reasons.
Yahoo | filtered | 5.7.1 | 553 5.7.1 [BL21] Connections will not be accepted from 192.0.2.9, because the ip is in Spamhaus's list
Yahoo | hard | 5.0.0 | 554 delivery error: dd This user doesn't have a yahoo.com account (ann@yahoo.com) [0]
Yahoo | hard | 5.0.0 | 554 30 Sorry, your message to ann@yahoo.com cannot be delivered. This mailbox is disabled (554.30).
Yahoo | hard | 5.0.0 | 552 1 Requested mail action aborted, mailbox not found
Yahoo | soft | 4.7.0 | 421 4.7.0 [TSS04] Messages from 192.0.2.9 temporarily deferred due to unexpected volume or user complaints
Outlook.com | filtered | 5.7.1 | 550 5.7.1 Unfortunately, messages from [192.0.2.9] weren't sent. Please contact your Internet service provider since part of their network is on our block list (S3150).
Outlook.com | filtered | 5.0.0 | 550 SC-001 (BAY004-MC1F31) Unfortunately, messages from 192.0.2.9 weren't sent. Please contact your Internet service provider since part of their network is on our block list.
Outlook.com | hard | 5.5.0 | 550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302).
Outlook.com | soft | 5.2.2 | 554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException
iCloud | filtered | 5.7.1 | 554 5.7.1 [CS01] Message rejected due to local policy. Please visit https://support.apple.com/en-us/HT204137
iCloud | hard | 5.1.1 | 550 5.1.1 <ann@icloud.com>: user does not exist
iCloud | soft | 5.2.2 | 552 5.2.2 <ann@icloud.com>: user is over quota
Zoho | filtered | 5.4.1 | 541 5.4.1 Mail rejected by destination domain due to policy
Zoho | filtered | 5.7.1 | 553 5.7.1 Mail rejected due to antispam policy
GMX | filtered | 5.0.0 | 554-Transaction failed 554-Reject due to policy restrictions. 554 For explanation visit https://postmaster.gmx.net/en/case?c=r0601
GMX | hard | 5.0.0 | 550-Requested action not taken: mailbox unavailable 550 For explanation visit https://postmaster.gmx.net/en/error-messages
GMX | filtered | 5.0.0 | 550-Requested action not taken: mailbox unavailable 550-Reject due to policy restrictions.
T-Online | filtered | 5.7.0 | 550-5.7.0 Message considered as spam or virus, rejected
Orange | filtered | 5.2.0 | 550 5.2.0 Mail rejete. Mail rejected for spam reasons. ofr_506 [506]
Orange | hard | 5.1.1 | 550 5.1.1 Adresse d au moins un destinataire invalide. Invalid recipient. OFR_416
Orange | soft | 5.1.1 | 552 5.1.1 Boite du destinataire pleine. Recipient overquota. OFR_417
Comcast | filtered | 5.0.0 | 554 resimta-po-11v.sys.comcast.net comcast 192.0.2.9 found on one or more DNSBLs, see http://postmaster.comcast.net/
AT&T | filtered | 5.3.0 | 553 5.3.0 flpd575 DNSBL:RBL 521< 192.0.2.9 >_is_blocked.For assistance forward this error to abuse_rbl@abuse-att.net
SpamAssassin | filtered | 5.7.1 | 550 5.7.1 Blocked by SpamAssassin
amavis | filtered | 5.7.0 | 554 5.7.0 Reject, id=01234-05 - BANNED: .exe,.exe-ms,invoice.exe
rspamd | filtered | 5.7.1 | 554 5.7.1 Spam message rejected
FortiMail | filtered | 5.4.7 | 554 5.7.1 This message has been blocked because it contains FortiGuard - AntiSpam blocking URL(s).
Hornetsecurity | filtered | 5.6.9 | 554 5.6.9 customer rule based reject
Postfix | filtered | 5.7.1 | 554 5.7.1 <unknown[192.0.2.9]>: Client host rejected: Access denied
Postfix | filtered | 5.0.0 | 550 <app@contoso.com>: Sender address rejected: Domain not found
Postfix | filtered | 5.7.1 | 554 5.7.1 <app@contoso.com>: Sender address rejected: Access denied
Postfix | hard | 5.7.1 | 554 5.7.1 <ann@example.com>: Relay access denied
Postfix | hard | 5.1.1 | 550 5.1.1 <spam@blocklist.example>: Recipient address rejected: User unknown in virtual mailbox table
Postfix | hard | 5.4.4 | Host or domain name not found. Name service error for name=nowhere.example type=AAAA: Host not found
Postfix | soft | 5.0.0 | 451 4.3.0 <ann@example.com>: Temporary lookup failure
Postfix | soft | 5.0.0 | 451 4.3.5 Server configuration problem
Exim | hard | 5.0.0 | 550 Unrouteable address
Exim | soft | 5.0.0 | retry timeout exceeded
Exim | hard | 5.0.0 | 550 relay not permitted
Exchange | soft | 5.4.7 | 550 4.4.7 QUEUE.Expired; message expired
Exchange | filtered | 5.7.1 | 550 5.7.1 TRANSPORT.RULES.RejectMessage; the message was rejected by organization policy
Exchange | hard | 5.0.350 | Remote server returned an error -> 550 5.1.1 No such user
Exchange | filtered | 5.0.350 | Remote server returned message detected as spam -> 554 5.7.1 Message rejected
Exchange | soft | 5.4.300 | Message expired -> 451 4.7.1 Greylisting in action, please come back later
`
  .trim()
  .split('\n')
  .map((line) => {
    const [who = '', kind = '', status = '', diagnostic = ''] = line.split(' | ');
    return [who, kind, status === '-' ? '' : status, diagnostic] as const;
  });

test.each(SAID)('%s says that it is %s (%s: %s)', (_who, kind, field, diagnostic) => {
  expect(kindOf({ action: 'failed', status: statusOf(field, diagnostic), diagnostic })).toBe(kind);
});

const kindGiven = (field: string, diagnostic: string) =>
  kindOf({ action: 'failed', status: statusOf(field, diagnostic), diagnostic });
const refusals = SAID.filter(([, kind, status]) => kind === 'filtered' && status !== '');

test('words that refuse the content outweigh a code of something that passes', () => {
  const codes = ['5.1.90', '5.2.2', '5.2.3', '5.3.1', '5.3.4', '5.4.5', '5.4.7', '5.4.300', '5.4.316'];
  const bare = refusals.map(([, , , diagnostic]) => diagnostic.replace(/#?5\.\d\.\d+ ?/g, ''));
  const worded = bare.filter((diagnostic) => kindGiven('5.0.0', diagnostic) === 'filtered');
  expect(worded.length).toBeGreaterThan(40);
  fc.assert(
    fc.property(fc.constantFrom(...codes), fc.constantFrom(...worded), (code, diagnostic) => {
      expect(kindGiven(code, diagnostic)).toBe('filtered');
    }),
  );
});

test('an address and a host may be called anything', () => {
  const words = ['spam', 'blocked', 'blacklist', 'quota', 'full', 'unknown', 'reputation', 'junk', 'dmarc'];
  const name = fc
    .array(fc.constantFrom(...words), { minLength: 1, maxLength: 3 })
    .map((some) => some.join('-'));
  fc.assert(
    fc.property(fc.constantFrom(...SAID), name, name, ([, kind, field, said], local, host) => {
      const about = `host mx.${host}.example said to <${local}@${host}.example>: ${said}`;
      expect(kindOf({ action: 'failed', status: statusOf(field, said), diagnostic: about })).toBe(kind);
    }),
  );
});
