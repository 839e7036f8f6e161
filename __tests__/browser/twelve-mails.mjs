// Twelve mails, each with something that makes an inbox ugly: the pages are looked at with these.

const picture = (width, height, colour, words = '') =>
  Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="${width}" height="${height}" rx="6" fill="${colour}"/><text x="14" y="${height / 2 + 6}" font-family="sans-serif" font-weight="700" font-size="16" fill="#fff">${words}</text></svg>`,
  );

const PEOPLE = Array.from({ length: 60 }, (_, index) => ({
  name: `Colleague Number ${index + 1}`,
  address: `colleague-${index + 1}@northwind.example`,
}));

const FILES = [
  'invoice-4711.pdf',
  'terms and conditions of the year 2026, as agreed with the works council.docx',
  'prices.csv',
  'photo-of-the-new-warehouse.jpeg',
  'plan.png',
  'Übersicht.xlsx',
  'logs.tar.gz',
  'contract_signed_final_FINAL_v12_reviewed_by_legal_and_by_the_board_without_any_space_in_its_name.pdf',
  'notes.txt',
  'z.bin',
].map((filename, index) => ({ filename, content: Buffer.alloc(900 * 3 ** (index % 6), index) }));

const INVITATION = [
  'BEGIN:VCALENDAR',
  'VERSION:2.0',
  'METHOD:REQUEST',
  'BEGIN:VEVENT',
  'UID:planning@contoso.example',
  'DTSTAMP:20261120T080000Z',
  'DTSTART:20261204T090000Z',
  'DTEND:20261204T103000Z',
  'SUMMARY:Planning for the third quarter',
  'LOCATION:Room 4, second floor',
  'ORGANIZER;CN=Adele Vance:mailto:adele@contoso.example',
  'ATTENDEE;CN=Ann Example;PARTSTAT=NEEDS-ACTION:mailto:ann@example.com',
  'ATTENDEE;CN=Bob Example;PARTSTAT=ACCEPTED:mailto:bob@example.com',
  'END:VEVENT',
  'END:VCALENDAR',
  '',
].join('\r\n');

const ORDER = `<div style="font-family: sans-serif; max-width: 32rem; line-height: 1.5">
<img src="cid:logo@contoso.example" alt="Contoso">
<h1 style="font-size: 1.4rem; color: #1d3557">Thank you, Ann!</h1>
<p>Your order <b>4711</b> left our warehouse this morning and should be with you on <b>Thursday</b>.</p>
<p><img src="cid:parcel@contoso.example" alt="A parcel" style="max-width: 100%"></p>
<table style="border-collapse: collapse; width: 100%">
<tr><td style="padding: 6px 0; border-bottom: 1px solid #ddd">Espresso cups, set of four</td><td style="text-align: right; border-bottom: 1px solid #ddd">24.00</td></tr>
<tr><td style="padding: 6px 0; border-bottom: 1px solid #ddd">Milk jug, 0.3 litres</td><td style="text-align: right; border-bottom: 1px solid #ddd">11.50</td></tr>
<tr><td style="padding: 6px 0"><b>Total</b></td><td style="text-align: right"><b>35.50</b></td></tr></table>
<p><a style="display: inline-block; padding: 8px 16px; border-radius: 6px; background: #1d3557; color: #fff; text-decoration: none" href="https://shop.contoso.example/orders/4711">Follow your parcel</a></p>
<img src="https://tracker.example/open.gif" width="1" height="1" alt=""></div>`;

const NIGHT = `<body style="margin: 0; padding: 24px; background: #10141c; color: #e8ecf3; font-family: sans-serif">
<h1 style="font-size: 22px">Night report</h1>
<p>All <b style="color: #7fd1a8">214 jobs</b> ended well. The slowest took <b style="color: #ffb86b">41 minutes</b>.</p>
${Array.from({ length: 24 }, (_, hour) => `<p style="border-top: 1px solid #2b3445; padding-top: 8px">${hour}:00, ${(hour * 7) % 13} jobs</p>`).join('\n')}
<p id="end">The end of the report.</p></body>`;

/** In the order in which they are sent: the list shows the last one first. */
export const TWELVE_MAILS = [
  {
    to: 'Hard Bounce <hard@bounce.test>',
    subject: 'Your parcel could not be delivered',
    text: 'This address gives its mail back.',
  },
  {
    to: 'Erin <erin@example.com>',
    subject: '🎉🎂👩‍👩‍👧‍👦 Happy birthday, Erin! 🎈🥳',
    html: '<p style="font-size: 40px">🎉🎂🥳</p><p>Many happy returns 👩🏽‍💻🏳️‍🌈</p>',
  },
  {
    to: '"A. Very-Long-Name von und zu Donaudampfschifffahrtsgesellschaft" <long@example.com>',
    subject: `Donaudampfschifffahrtsgesellschaftskapitän${'smützen'.repeat(14)}`,
    text: `One word without a place to break it:\n\n${'0123456789abcdef'.repeat(20)}\n`,
  },
  { to: 'Frank <frank@example.com>', text: 'This one has no subject.' },
  {
    from: 'Contoso Sales <sales@contoso.example>',
    to: 'Operations <ops@example.com>',
    subject: 'Night report',
    html: NIGHT,
  },
  {
    to: 'Ann Example <ann@example.com>',
    cc: 'Bob Example <bob@example.com>',
    bcc: 'audit@contoso.example',
    subject: 'Your order 4711 has been shipped',
    headers: { 'X-Order': '4711' },
    html: ORDER,
    text: 'Thank you, Ann! Your order 4711 has been shipped.',
    attachments: [
      { filename: 'logo.svg', content: picture(120, 34, '#1d3557', 'CONTOSO'), cid: 'logo@contoso.example' },
      {
        filename: 'parcel.svg',
        content: picture(420, 160, '#a3763d', '4711'),
        cid: 'parcel@contoso.example',
      },
      { filename: 'invoice-4711.pdf', content: Buffer.alloc(48_000, 1) },
    ],
  },
  {
    to: 'Dora <dora@example.com>',
    subject: 'Confirm your address',
    text: 'Welcome, Dora.\n\nConfirm your address within an hour:\nhttps://shop.contoso.example/confirm?token=8c1f0d77\n\nQuestions? Write to help@contoso.example.\n',
    priority: 'high',
  },
  {
    to: 'Gül <guel@example.com>, Hans <hans@example.com>, Ida <ida@example.com>',
    subject:
      'Reminder: the minutes of the meeting of the steering committee on the move to the new building, with the open questions about parking, the kitchen, and who gets the rooms with a view',
    text: 'Please send your corrections by Friday.',
  },
  {
    to: 'ليلى <layla@example.com>',
    subject: 'تأكيد الطلب رقم 4711: شكراً لك على الشراء',
    html: '<div dir="rtl"><h2>شكراً لك، ליילה!</h2><p>تم شحن طلبك رقم <b>4711</b> هذا الصباح. אפשר לעקוב אחריו כאן.</p></div>',
  },
  {
    to: 'Ann Example <ann@example.com>, Bob Example <bob@example.com>',
    subject: 'Invitation: planning for the third quarter',
    text: 'We meet on Friday at ten.',
    icalEvent: { method: 'REQUEST', content: INVITATION },
  },
  {
    to: 'Archive <archive@example.com>',
    subject: 'Ten files for the archive',
    html: '<p>Dear archive, please keep these ten.</p>',
    attachments: FILES,
  },
  {
    to: PEOPLE,
    subject: 'To all sixty of you',
    html: '<p>Dear colleagues, the canteen is closed on Friday.</p>',
  },
];
