import { isOfCollection, plainName } from '../http/route';
import { ENTITY_TYPES } from '../schema/entity-types';

/** What follows a name in a path: an item of a collection, anything (the sandbox does not know), or nothing. */
type Next = { each: Level } | 'anything' | 'nothing';
/** The names that are valid at one place of a path, in lower case. */
type Level = ReadonlyMap<string, Next>;

/** Builds a level from names, grouped by what follows them. */
function level(...groups: (readonly [Next, string])[]): Level {
  return new Map(
    groups.flatMap(([next, names]) => names.split(' ').map((name) => [name.toLowerCase(), next] as const)),
  );
}

const EXTENDED = 'extensions singleValueExtendedProperties multiValueExtendedProperties';
const MOVES = 'copy move permanentDelete';

const ATTACHMENT = level(
  ['anything', Object.keys(ENTITY_TYPES.fileAttachment).join(' ')],
  ['nothing', '$value'],
);
const MESSAGE = level(
  ['anything', `${Object.keys(ENTITY_TYPES.message).join(' ')} ${EXTENDED}`],
  [{ each: ATTACHMENT }, 'attachments'],
  ['nothing', `$value send forward reply replyAll createForward createReply createReplyAll ${MOVES}`],
);
const FOLDER = level(
  ['anything', `${EXTENDED} childFolders messageRules userConfigurations operations`],
  ['anything', 'id displayName parentFolderId childFolderCount unreadItemCount totalItemCount isHidden'],
  [{ each: MESSAGE }, 'messages'],
  ['nothing', MOVES],
);
const USER = level(
  [{ each: MESSAGE }, 'messages'],
  [{ each: FOLDER }, 'mailFolders'],
  ['nothing', 'sendMail'],
  ['anything', 'id displayName mail userPrincipalName accountEnabled givenName surname jobTitle mobilePhone'],
  [
    'anything',
    'businessPhones officeLocation preferredLanguage proxyAddresses mailNickname mailboxSettings photo',
  ],
  [
    'anything',
    'calendar calendars calendarGroups calendarView events contacts contactFolders outlook people',
  ],
  ['anything', 'inferenceClassification presence settings insights activities onlineMeetings chats teamwork'],
  [
    'anything',
    'drive drives followedSites planner onenote todo photos joinedTeams authentication extensions',
  ],
  ['anything', 'manager directReports memberOf transitiveMemberOf ownedObjects ownedDevices createdObjects'],
  ['anything', 'registeredDevices licenseDetails appRoleAssignments oauth2PermissionGrants managedDevices'],
  [
    'anything',
    'getMailTips findMeetingTimes translateExchangeIds exportPersonalData reminderView assignLicense',
  ],
  [
    'anything',
    'checkMemberGroups checkMemberObjects getMemberGroups getMemberObjects changePassword restore',
  ],
  [
    'anything',
    'revokeSignInSessions reprocessLicenseAssignment getManagedAppPolicies sponsors print employeeExperience',
  ],
);
const ROOT = level(
  [{ each: USER }, 'users'],
  ['anything', '$batch $metadata me groups sites drives drive shares devices directory directoryObjects'],
  [
    'anything',
    'directoryRoles directoryRoleTemplates applications servicePrincipals organization domains contacts',
  ],
  [
    'anything',
    'contracts subscribedSkus subscriptions invitations places teams chats communications app planner',
  ],
  [
    'anything',
    'education reports security admin auditLogs identity identityGovernance identityProtection policies',
  ],
  [
    'anything',
    'roleManagement deviceManagement deviceAppManagement informationProtection search external print',
  ],
  [
    'anything',
    'solutions storage connections dataPolicyOperations domainDnsRecords employeeExperience filterOperators',
  ],
  [
    'anything',
    'functions groupLifecyclePolicies groupSettings groupSettingTemplates identityProviders oauth2PermissionGrants',
  ],
  [
    'anything',
    'permissionGrants privacy schemaExtensions scopedRoleMemberships teamsTemplates teamwork tenantRelationships',
  ],
  [
    'anything',
    'authenticationMethodConfigurations authenticationMethodsPolicy certificateBasedAuthConfiguration agreements',
  ],
  ['anything', 'agreementAcceptances appCatalogs copilot dataClassification fileStorage compliance'],
);

/**
 * The first segment after the version that Graph does not have, as far as the sandbox knows its names. Undefined if
 * the path may exist.
 */
export function firstUnknownSegment(segments: readonly string[]): string | undefined {
  let names: Level = ROOT;
  for (let at = 0; at < segments.length; at += 1) {
    const segment = segments[at] ?? '';
    const next = names.get(plainName(segment));
    if (next === undefined) return segment === '' ? undefined : segment;
    if (next === 'anything') return undefined;
    if (next === 'nothing') return segments[at + 1];
    const key = segments[at + 1];
    if (key === undefined || key === '' || isOfCollection(key)) return undefined;
    if (names === MESSAGE && plainName(key) === 'createuploadsession') return segments[at + 2];
    names = next.each;
    at += 1;
  }
  return undefined;
}
