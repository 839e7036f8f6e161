export { type AnswerMeaning, answerCode } from './answer-code';
export { ENTRA_CODES, ENTRA_ORDER, entraCode } from './entra-codes';
export { GRAPH_CODES, graphCode } from './graph-codes';
export type { Outcome, ServiceCode, ServiceCodeRow } from './service-code';
export { spelling } from './spelling';
export { statusCode } from './status-code';
