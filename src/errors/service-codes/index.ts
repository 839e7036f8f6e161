export { type AnswerMeaning, answerCode } from './answer-code';
export { ENTRA_CODES, ENTRA_ORDER, entraCode } from './entra-codes';
export { GRAPH_CODES, graphCode } from './graph-codes';
export { type ServiceCode, type ServiceCodeRow, spelling } from './service-code';
export { statusCode } from './status-code';
