/** One thing that the service was seen to do, and where that can be read. */
export interface Seen {
  fact: string;
  /** `owner/repository#number` of a public thread, or `owner/repository` and the file in it. */
  sources: readonly string[];
}

/** What the service was seen to answer where documents say something else, or nothing. */
export const SEEN = {
  1: {
    fact: 'times of messages are whole seconds',
    sources: ['alcionai/corso mock/mail.go', 'davidmoten/odata-client fixtures'],
  },
  2: {
    fact: 'the usual id of a message dies when it leaves its folder, and the immutable one may die as well',
    sources: [
      'microsoftgraph/microsoft-graph-docs-contrib concepts/outlook-immutable-id.md',
      'microsoftgraph/microsoft-graph-docs#6250',
      'microsoftgraph/microsoft-graph-docs#1533',
      'microsoftgraph/microsoft-graph-docs-contrib#3767',
      'OfficeDev/office-js#5566',
    ],
  },
  3: {
    fact: 'a deleted draft may lie in Deleted Items, where a search of the mailbox finds it',
    sources: [
      'microsoftgraph/microsoft-graph-docs-contrib#285',
      'ggpwnkthx/Microsoft-Graph-SMTP-Relay#28',
      'microsoftgraph/msgraph-sdk-powershell#3265',
    ],
  },
  4: {
    fact: 'a page of results may be empty and not be the last',
    sources: ['microsoftgraph/microsoft-graph-docs-contrib concepts/paging.md'],
  },
  5: {
    fact: 'the size limit of the mailbox shows on a PUT to an upload session',
    sources: ['microsoftgraph/microsoft-graph-docs-contrib#2561'],
  },
  6: {
    fact: 'NoPermissionsInAccessToken comes with 401',
    sources: [
      'O365/python-o365#428',
      'O365/python-o365#446',
      'O365/python-o365#777',
      'maester365/maester#961',
    ],
  },
  7: {
    fact: 'a tenant without Exchange Online is answered 401 OrganizationFromTenantGuidNotFound',
    sources: [
      'MicrosoftDocs/azure-docs#32957',
      'microsoftgraph/msgraph-sdk-java-auth#35',
      'O365/python-o365#757',
      'O365/python-o365#859',
    ],
  },
  8: {
    fact: 'ErrorMessageTransientError comes with 403, and the message was not sent',
    sources: ['O365/python-o365#668', 'WPManageNinja/fluent-smtp#101'],
  },
  9: {
    fact: 'an upload URL answers 401 InvalidAudience to a bearer token, and now and then to a right request',
    sources: [
      'microsoftgraph/msgraph-sdk-java-core#445',
      'Azure/Microsoft365R#192',
      'O365/python-o365#1027',
      'microsoftgraph/msgraph-sdk-javascript#1923',
      'microsoftgraph/msgraph-sdk-dotnet#2239',
    ],
  },
  10: {
    fact: 'any step of a draft that was just made may meet 412 or 404, which passes',
    sources: [
      'microsoftgraph/msgraph-sdk-dotnet#1195',
      'microsoftgraph/msgraph-sdk-dotnet#1201',
      'microsoftgraph/msgraph-sdk-dotnet#1287',
      'mguessan/davmail#463',
      'mguessan/davmail#491',
      'Garethp/php-ews#88',
      'microsoftgraph/microsoft-graph-docs-contrib#7934',
      'microsoftgraph/microsoft-graph-docs-contrib#8823',
      'microsoftgraph/msgraph-sdk-javascript#1065',
    ],
  },
  11: {
    fact: '429 comes with Retry-After and without',
    sources: [
      'zammad/zammad#5565',
      'microsoftgraph/microsoft-graph-docs-contrib concepts/throttling-limits.md',
    ],
  },
  12: {
    fact: 'a missing permission or mailbox may be answered with a 4xx and a code that says nothing',
    sources: [
      'microsoftgraph/microsoft-graph-docs#6968',
      'microsoftgraph/microsoft-graph-docs-contrib#5934',
      'microsoftgraph/microsoft-graph-docs-contrib#7920',
    ],
  },
  13: {
    fact: 'names in a body are matched without regard to case',
    sources: ['microsoftgraph/nodejs-connect-rest-sample'],
  },
  14: {
    fact: 'actions may be called by their qualified names',
    sources: ['microsoftgraph/msgraph-sdk-java#1380', 'microsoftgraph/nodejs-connect-rest-sample#35'],
  },
  15: {
    fact: 'a request over 4 MB is answered 400 BadRequest or 413',
    sources: ['microsoftgraph/microsoft-graph-docs-contrib#682'],
  },
  16: {
    fact: 'a second DELETE of a message is answered ErrorCannotDeleteObject',
    sources: ['microsoftgraph/microsoft-graph-docs#2894', 'microsoftgraph/msgraph-sdk-dotnet#3047'],
  },
  17: {
    fact: '/v1.0/sendMail is answered 400 BadRequest',
    sources: ['O365/python-o365#1187'],
  },
  18: {
    fact: 'a deferred message is held on a draft, and not by sendMail',
    sources: [
      'openonion/connectonion#1198',
      'openonion/connectonion#1221',
      'openonion/connectonion#183',
      'O365/python-o365#1208',
    ],
  },
  19: {
    fact: 'sendMail takes extended properties, which only drafts are documented to',
    sources: ['debold/GraphMailer.NET', 'redaxo/core#6590'],
  },
  20: {
    fact: 'a tenant may send to 100 external recipients a day from *.onmicrosoft.com',
    sources: ['third-party pages on NDR 550 5.7.236'],
  },
  21: {
    fact: 'errors may have no innerError, or another one, and a 401 has one challenge or two',
    sources: [
      'Azure/azure-sdk-for-js recordings',
      'microsoftgraph/msgraph-sdk-php#1499',
      'magodo/terraform-provider-outlook#21',
    ],
  },
  22: {
    fact: 'over five headers are refused in one sentence',
    sources: ['GNOME/evolution-ews', 'debold/GraphMailer.NET'],
  },
  23: {
    fact: 'ids of extended properties come back without leading zeros',
    sources: ['debold/GraphMailer.NET'],
  },
  24: {
    fact: 'token answers have ext_expires_in, and those that refuse two different ids',
    sources: ['Azure/azure-sdk-for-js recordings'],
  },
  25: {
    fact: 'there are codes that no page on Graph lists',
    sources: ['OfficeDev/ews-managed-api ServiceError enumeration'],
  },
  26: {
    fact: 'the code of a 503 may be written with a space',
    sources: ['dotnet/dev-proxy GraphRandomErrorPlugin'],
  },
  27: {
    fact: 'a message has at most 250 attachments and 256 KB of headers',
    sources: ['Exchange Online limits'],
  },
} as const satisfies Record<number, Seen>;

/** Tests of one row. The number stands first in the name, by which a missing row is noticed. */
export function seen(row: keyof typeof SEEN, tests: () => void): void {
  describe(`${row}: ${SEEN[row].fact}`, tests);
}
