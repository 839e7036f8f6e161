import { GraphRefusal } from './graph-answer';

/** A path that leads nowhere, such as `/v1.0/sendMail` without a user. */
export function unknownSegment(segment: string): GraphRefusal {
  return new GraphRefusal(
    'unknown-segment',
    400,
    'BadRequest',
    `Resource not found for the segment '${segment}'.`,
  );
}
