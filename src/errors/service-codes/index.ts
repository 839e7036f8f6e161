export { type AnswerMeaning, answerCode, statusCode } from './answer-code';
export { ENTRA_CODES, ENTRA_ORDER, entraCode } from './entra-codes';
export { GRAPH_CODES, graphCode } from './graph-codes';
export { type ServiceCode, type ServiceCodeRow, spelling } from './service-code';
