import { documented, ours, recorded, reported } from './rule';

const ERRORS = 'Graph docs: errors';

/** Upload sessions. */
export const UPLOAD_RULES = {
  'session-file': ours('An upload session for a file without a name, a size or a kind is refused.'),
  'session-kind': reported(
    'microsoftgraph/microsoft-graph-docs-contrib#710',
    'An upload session is for file attachments only: 405.',
  ),
  'session-minimum': reported(
    'microsoftgraph/microsoft-graph-docs#11804',
    'An upload session for a file under 3 MB is refused; whether that is 3,000,000 bytes is not known.',
  ),
  'session-maximum': documented(
    'Graph docs: outlook-large-attachments',
    'An upload session for a file over 150 MB is refused.',
  ),
  'session-gone': documented(
    ERRORS,
    'A session that has ended, was cancelled or has expired takes no range: uploadSessionNotFound.',
  ),
  'session-ends-with-draft': ours('A draft that is sent or deleted takes its upload sessions along.'),
  'upload-authorization': recorded(
    'microsoftgraph/msgraph-sdk-java-core#445',
    'The URL of an upload session takes no Authorization header: 401 InvalidAudience.',
  ),
  'message-size-while-uploading': reported(
    'microsoftgraph/microsoft-graph-docs-contrib#2561',
    'The range with which a draft would get over the size limit of the mailbox is refused with ErrorMessageSizeExceeded.',
  ),
  'upload-answer-names': documented(
    'Graph docs: outlook-large-attachments',
    'The answer to a range may spell nextExpectedRanges with a capital.',
  ),
  'range-length': ours('A range without a Content-Length is refused.'),
  'range-size': documented(ERRORS, 'A range of 4 MB or more is refused: maxFragmentLengthExceeded.'),
  'range-mismatch': documented(
    ERRORS,
    'A range that is longer or shorter than its Content-Range says is refused: fragmentLengthMismatch.',
  ),
  'range-overlap': documented(ERRORS, 'A range that is there already is refused: fragmentOverlap.'),
  'range-gap': documented(ERRORS, 'A range that leaves a gap is refused: fragmentOutOfOrder.'),
  'range-invalid': documented(ERRORS, 'A Content-Range that does not fit the file is refused: invalidRange.'),
  'range-answers': recorded(
    'microsoftgraph/msgraph-sdk-dotnet-core',
    'A range is answered 200 with the start of the next one, the last range 201 with a Location and no body.',
  ),
};
