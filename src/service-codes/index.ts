export { answerCode } from './answer-code';
export { ENTRA_CODES, entraCode } from './entra-codes';
export { GRAPH_CODES, graphCode } from './graph-codes';
export type { Outcome, ServiceCode, ServiceCodeRow } from './service-code';
export { spelling } from './spelling';
export { statusCode } from './status-code';
