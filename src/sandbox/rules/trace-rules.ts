import { documented, ours } from './rule';

const RESOURCE = 'Graph docs: exchangemessagetrace';
const LIST = 'Graph docs: messagetracingroot-list-messagetraces';
const DETAILS = 'Graph docs: exchangemessagetrace-getdetailsbyrecipient';

/** What the message trace answers and refuses. */
export const TRACE_RULES = {
  'trace-permission': documented(LIST, 'A message trace takes the permission ExchangeMessageTrace.Read.All.'),
  'trace-service-principal': ours(
    "Without the service principal of Microsoft's app 8bd644d1-64a1-4d4b-ae52-2e0cbf64e373, a message trace is refused: 401 Unauthorized.",
  ),
  'trace-per-recipient': documented(
    RESOURCE,
    'A message has a trace for each recipient: the address, the status, the times, the size and the IP addresses.',
  ),
  'trace-of-bounce-test': ours(
    'At bounce.test the status of a trace is failed, pending or expanded, as the address says, and delivered otherwise.',
  ),
  'trace-filter': documented(
    RESOURCE,
    'Traces are filtered by the documented properties and operators, joined by and.',
  ),
  'trace-period': documented(
    LIST,
    'A message trace asks about at most 10 days, no more than 90 days back and not beyond now; without a time, about the last 48 hours.',
  ),
  'trace-page': documented(LIST, 'A page holds 1000 traces, or as many as $top says, from 1 to 5000.'),
  'trace-throttled': documented(LIST, 'More than 100 trace requests in 5 minutes are refused: 429.'),
  'trace-unknown': ours('The details of a trace or recipient that is not there are refused: 404.'),
  'trace-details': documented(
    DETAILS,
    'The details of a trace are the steps of the message to one recipient.',
  ),
};
