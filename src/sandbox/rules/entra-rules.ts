import { documented, ours, recorded } from './rule';

const CODES = 'Entra docs: reference-error-codes';
const RECORDINGS = 'recordings in Azure/azure-sdk-for-js';

/** What Entra refuses, and what its tokens show. */
export const ENTRA_RULES = {
  'entra-method': documented(CODES, 'An endpoint of Entra takes one method only: AADSTS900561.'),
  'entra-parameter-missing': documented(
    CODES,
    'A token request without a parameter is refused: AADSTS900144.',
  ),
  'entra-grant-type': documented(CODES, 'A grant type that Entra does not know is refused: AADSTS70003.'),
  'entra-shared-endpoint': documented(
    CODES,
    'An app alone cannot use /common or /organizations: AADSTS9001023.',
  ),
  'entra-unknown-tenant': recorded(RECORDINGS, 'An unknown tenant is refused: AADSTS90002.'),
  'entra-unknown-app': recorded(RECORDINGS, 'An app that is not in the tenant is refused: AADSTS700016.'),
  'entra-secret-missing': recorded(RECORDINGS, 'A token request without a secret is refused: AADSTS7000218.'),
  'entra-secret-wrong': recorded(RECORDINGS, 'A wrong secret is refused: AADSTS7000215.'),
  'entra-secret-expired': recorded(RECORDINGS, 'An expired secret is refused: AADSTS7000222.'),
  'entra-scope': documented(CODES, 'A scope other than one resource with /.default is refused: AADSTS70011.'),
  'entra-resource': documented(CODES, 'A resource that the tenant does not have is refused: AADSTS500011.'),
  'entra-claims-json': ours('Claims that are not JSON are refused: AADSTS90023.'),
  'entra-public-scope': ours(
    'The scope https://graph.microsoft.com/.default is good at any endpoint but those of other clouds.',
  ),
  'token-answer': recorded(
    RECORDINGS,
    'An answer with a token has ext_expires_in and is not to be stored, and correlation_id and trace_id of a refusal differ.',
  ),
  'token-roles': documented(
    'Entra docs: v2-oauth2-client-creds-grant-flow',
    'A token of client credentials shows its permissions in roles, and no scp.',
  ),
  'token-without-consent': documented(
    'Entra docs: v2-oauth2-client-creds-grant-flow',
    'An app without admin consent gets a token all the same, without roles.',
  ),
};
