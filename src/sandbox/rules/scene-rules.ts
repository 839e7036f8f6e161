import { documented, reported } from './rule';

/** What the service may answer whatever the request is: the sandbox does so where a fault or a setting tells it to. */
export const SCENE_RULES = {
  'tenant-without-exchange': reported(
    'MicrosoftDocs/azure-docs#32957',
    'A tenant without Exchange Online answers 401 OrganizationFromTenantGuidNotFound, to a good token.',
  ),
  'generic-refusal': reported(
    'microsoftgraph/microsoft-graph-docs#6968',
    'A permission or a mailbox that is missing may be answered with UnknownError and an empty message.',
  ),
  'throttled-without-retry-after': reported(
    'zammad/zammad#5565',
    'A refusal for too many requests may come without Retry-After.',
  ),
  'passing-conflict': reported(
    'microsoftgraph/msgraph-sdk-dotnet#1287',
    'A step of a draft may be refused with 412 ErrorIrresolvableConflict and pass when it is repeated.',
  ),
  malware: documented('Graph docs: errors', 'An attachment with malware is refused: malwareDetected.'),
  'mailbox-full': documented(
    'EWS docs: responsecode',
    'A mailbox that is full takes nothing more: ErrorQuotaExceeded.',
  ),
};
