/** Contoso's logo, a PNG in base64. */
const LOGO =
  'iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAIAAACQkWg2AAABlklEQVR42hXRURVEIQhFURvYgAY2sAENaGCD08AGNqABDWhAA5rM' +
  'G7/ZrMt1jMEcyGAN9kAHNjgDBnfwBj6IQQ5q0IMxJnMikzXZE53Y5EyY3Mmb+CQmOalJzw8IUxBhCVtQwYQjIFzhCS6EkEIJLR9Y' +
  'zIUs1mIvdGGLs2BxF2/hi1jkoha9PrCZG9mszd7oxjZnw+Zu3sY3sclNbXp/QJmKKEvZiiqmHAXlKk9xJZRUSmn9gDENMZaxDTXM' +
  'OAbGNZ7hRhhplNH2gcM8yGEd9kEPdjgHDvfwDn6IQx7q0OcD/wK/Sr4jv9hfkG/1N/x/Fx44BCQU9Pc94zIvclmXfdGLXc79j9/L' +
  'u/glLnmpS98PPOZDHuuxH/qwx3n/5ffxHv6IRz7q0e8DznTEWc521DHn+D/KdZ7jTjjplNP+gWAGEqxgBxpYcOIf/AYv8CCCDCro' +
  '+EAyE0lWshNNLDn5P/MmL/Ekkkwq6fxAMQspVrELLaw49S/lFq/wIoosquj6QDMbaVazG22sOf2v8Dav8SaabKrp5gefsVkQNg2u' +
  'LQAAAABJRU5ErkJggg==';

/** An invoice of one page, a PDF in base64. */
const INVOICE =
  'JVBERi0xLjQKJeLjz9MKMSAwIG9iago8PCAvVHlwZSAvQ2F0YWxvZyAvUGFnZXMgMiAwIFIgPj4KZW5kb2JqCjIgMCBvYmoKPDwg' +
  'L1R5cGUgL1BhZ2VzIC9LaWRzIFszIDAgUl0gL0NvdW50IDEgPj4KZW5kb2JqCjMgMCBvYmoKPDwgL1R5cGUgL1BhZ2UgL1BhcmVu' +
  'dCAyIDAgUiAvTWVkaWFCb3ggWzAgMCA1OTUgODQyXSAvQ29udGVudHMgNCAwIFIgL1Jlc291cmNlcyA8PCAvRm9udCA8PCAvRjEg' +
  'NSAwIFIgPj4gPj4gPj4KZW5kb2JqCjQgMCBvYmoKPDwgL0xlbmd0aCAxMjEgPj4Kc3RyZWFtCkJUIC9GMSAxMiBUZiA3MiA3NjAg' +
  'VGQgMTYgVEwgKENvbnRvc28gR21iSCkgVGogVCogKEludm9pY2UgMjAyNi0xMTc3KSBUaiBUKiAoV2ludGVyIHR5cmVzLCA0IHBp' +
  'ZWNlczogMzg5LjAwIEVVUikgVGogVCogRVQKZW5kc3RyZWFtCmVuZG9iago1IDAgb2JqCjw8IC9UeXBlIC9Gb250IC9TdWJ0eXBl' +
  'IC9UeXBlMSAvQmFzZUZvbnQgL0hlbHZldGljYSAvRW5jb2RpbmcgL1dpbkFuc2lFbmNvZGluZyA+PgplbmRvYmoKeHJlZgowIDYK' +
  'MDAwMDAwMDAwMCA2NTUzNSBmIAowMDAwMDAwMDE1IDAwMDAwIG4gCjAwMDAwMDAwNjQgMDAwMDAgbiAKMDAwMDAwMDEyMSAwMDAw' +
  'MCBuIAowMDAwMDAwMjQ3IDAwMDAwIG4gCjAwMDAwMDA0MTkgMDAwMDAgbiAKdHJhaWxlcgo8PCAvU2l6ZSA2IC9Sb290IDEgMCBS' +
  'ID4+CnN0YXJ0eHJlZgo1MTYKJSVFT0YK';

/** A mail with non-ASCII names, an inline image, a file, and recipients of every kind. */
export function invoiceMail(from: string) {
  return {
    from: { name: 'Contoso Räder & Reifen', address: from },
    to: { name: 'Jürgen Groß', address: 'juergen.gross@example.com' },
    cc: '"森 花子" <hanako.mori@example.org>',
    bcc: 'accounting@contoso.example',
    subject: 'Ihre Rechnung 2026-1177 🚲',
    text: 'Guten Tag Herr Groß, anbei Ihre Rechnung.',
    html: '<p><img src="cid:logo@contoso.example" alt="Contoso"></p><p>Guten Tag Herr Groß,<br>anbei Ihre Rechnung.</p>',
    attachments: [
      { filename: 'logo.png', content: Buffer.from(LOGO, 'base64'), cid: 'logo@contoso.example' },
      { filename: 'Rechnung 2026-1177 für Groß.pdf', content: Buffer.from(INVOICE, 'base64') },
    ],
  };
}

/** The plainest mail possible. Its recipient has a mailbox in the sandbox, so it arrives in an Inbox. */
export function orderMail(to: string) {
  return {
    to,
    subject: 'Order 1177: one bicycle',
    text: 'Jürgen Groß has ordered one bicycle, red.',
  };
}
