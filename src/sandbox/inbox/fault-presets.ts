import type { SandboxFault } from '../faults/fault';
import type { SandboxRequestName } from '../graph/request-name';
import type { SandboxRuleName } from '../rules/index';

/** A fault that the page offers by name. */
export interface FaultPreset {
  name: string;
  label: string;
  fault: SandboxFault;
  /** Has a Retry-After, whose seconds the form asks for. */
  isPassing?: boolean;
  /** Entra's, so for a token only. */
  isForToken?: boolean;
  /** The requests that meet it, if it is for one kind only. */
  request?: SandboxRequestName;
  /** The rule that it plays. */
  rule?: SandboxRuleName;
}

const refusal = (status: number, code: string, message: string): SandboxFault => ({
  kind: 'answer',
  status,
  code,
  message,
});

const noToken = (status: number, aadsts: number, error: string, message: string): SandboxFault => ({
  kind: 'answer',
  status,
  code: error,
  aadsts,
  message,
});

/** In groups, by what an app has to be ready for. */
export const FAULT_PRESETS: readonly { group: string; presets: readonly FaultPreset[] }[] = [
  {
    group: 'Throttled or busy',
    presets: [
      {
        name: 'throttled',
        label: '429 ApplicationThrottled',
        fault: refusal(429, 'ApplicationThrottled', 'Application is over its MailboxConcurrency limit.'),
        isPassing: true,
        rule: 'mailbox-concurrency',
      },
      {
        name: 'throttled-without-retry-after',
        label: '429 ErrorServerBusy, without Retry-After',
        fault: refusal(429, 'ErrorServerBusy', 'The server cannot service this request right now.'),
        rule: 'throttled-without-retry-after',
      },
      {
        name: 'busy',
        label: '503 ServiceUnavailable',
        fault: refusal(503, 'ServiceUnavailable', 'The service is unavailable.'),
        isPassing: true,
      },
      {
        name: 'internal-error',
        label: '500 ErrorInternalServerError',
        fault: refusal(500, 'ErrorInternalServerError', 'An internal server error occurred.'),
      },
      { name: 'bad-gateway', label: '502, the page of a gateway', fault: { kind: 'html', status: 502 } },
      {
        name: 'gateway-timeout',
        label: '504, although the request was carried out',
        fault: { kind: 'html', status: 504, when: 'after' },
      },
    ],
  },
  {
    group: 'Refused',
    presets: [
      {
        name: 'unlicensed',
        label: '404 MailboxNotEnabledForRESTAPI: no licence',
        fault: refusal(
          404,
          'MailboxNotEnabledForRESTAPI',
          'The mailbox is either inactive, soft-deleted, or is hosted on-premise.',
        ),
        rule: 'mailbox-unlicensed',
      },
      {
        name: 'unknown-user',
        label: '404 ErrorInvalidUser: no such mailbox',
        fault: refusal(404, 'ErrorInvalidUser', 'The requested user is invalid.'),
        rule: 'unknown-address',
      },
      {
        name: 'send-as-denied',
        label: '403 ErrorSendAsDenied: another From',
        fault: refusal(
          403,
          'ErrorSendAsDenied',
          'The user account which was used to submit this request does not have the right to send mail ' +
            'on behalf of the specified sending account., Cannot submit message.',
        ),
        rule: 'send-as',
      },
      {
        name: 'access-denied',
        label: '403 ErrorAccessDenied: no permission',
        fault: refusal(403, 'ErrorAccessDenied', 'Access is denied. Check credentials and try again.'),
        rule: 'permission-missing',
      },
      {
        name: 'mailbox-full',
        label: '507 ErrorQuotaExceeded: mailbox full',
        fault: refusal(507, 'ErrorQuotaExceeded', 'The mailbox is over its quota.'),
        rule: 'mailbox-full',
      },
      {
        name: 'token-refused',
        label: '401 InvalidAuthenticationToken',
        fault: refusal(401, 'InvalidAuthenticationToken', 'Access token validation failure.'),
      },
      {
        name: 'tenant-without-exchange',
        label: '401 OrganizationFromTenantGuidNotFound: no Exchange Online',
        fault: refusal(
          401,
          'OrganizationFromTenantGuidNotFound',
          'The tenant for tenant guid does not exist.',
        ),
        rule: 'tenant-without-exchange',
      },
      {
        name: 'generic-refusal',
        label: '403 UnknownError, with an empty message',
        fault: refusal(403, 'UnknownError', ''),
        rule: 'generic-refusal',
      },
      {
        name: 'malware',
        label: '400 malwareDetected: an attachment is refused',
        fault: refusal(400, 'malwareDetected', 'Malware was detected.'),
        rule: 'malware',
      },
    ],
  },
  {
    group: 'Drafts and uploads',
    presets: [
      {
        name: 'conflict',
        label: '412 ErrorIrresolvableConflict, which passes',
        fault: refusal(
          412,
          'ErrorIrresolvableConflict',
          'The change key of the request does not match the current one of the item.',
        ),
        rule: 'passing-conflict',
      },
      {
        name: 'too-large-while-uploading',
        label: '413 ErrorMessageSizeExceeded for a range',
        fault: refusal(413, 'ErrorMessageSizeExceeded', 'The message exceeds the maximum supported size.'),
        request: 'upload-range',
        rule: 'message-size-while-uploading',
      },
      {
        name: 'upload-wants-no-bearer',
        label: '401 InvalidAudience for a range',
        fault: refusal(401, 'InvalidAudience', 'The audience claim value is invalid for current resource.'),
        request: 'upload-range',
        rule: 'upload-authorization',
      },
    ],
  },
  {
    group: 'Connection',
    presets: [
      { name: 'reset-before', label: 'Reset, not carried out', fault: { kind: 'reset', when: 'before' } },
      { name: 'reset-after', label: 'Reset, although carried out', fault: { kind: 'reset', when: 'after' } },
      {
        name: 'silence-before',
        label: 'No answer, not carried out',
        fault: { kind: 'silence', when: 'before' },
      },
      {
        name: 'silence-after',
        label: 'No answer, although carried out',
        fault: { kind: 'silence', when: 'after' },
      },
      { name: 'cut', label: 'Cut in the middle of the answer', fault: { kind: 'cut', in: 'body' } },
      { name: 'trickle', label: 'An answer that never ends', fault: { kind: 'trickle', in: 'body' } },
      { name: 'broken-json', label: 'An answer of broken JSON', fault: { kind: 'broken-json' } },
    ],
  },
  {
    group: 'No token from Entra',
    presets: [
      {
        name: 'expired-secret',
        label: 'AADSTS7000222: the secret has expired',
        fault: noToken(
          401,
          7000222,
          'invalid_client',
          'The provided client secret keys for the app are expired.',
        ),
        rule: 'entra-secret-expired',
        isForToken: true,
      },
      {
        name: 'wrong-secret',
        label: 'AADSTS7000215: the secret is wrong',
        fault: noToken(401, 7000215, 'invalid_client', 'Invalid client secret provided.'),
        rule: 'entra-secret-wrong',
        isForToken: true,
      },
      {
        name: 'unknown-app',
        label: 'AADSTS700016: the app is not in this tenant',
        fault: noToken(400, 700016, 'unauthorized_client', 'The application was not found in the directory.'),
        rule: 'entra-unknown-app',
        isForToken: true,
      },
      {
        name: 'entra-busy',
        label: '503 AADSTS90033: try again later',
        fault: noToken(503, 90033, 'temporarily_unavailable', 'The service is temporarily unavailable.'),
        isPassing: true,
        isForToken: true,
      },
    ],
  },
];

export function findPreset(name: string): FaultPreset | undefined {
  return FAULT_PRESETS.flatMap(({ presets }) => presets).find((preset) => preset.name === name);
}
