import { MESSAGE_ROUTES } from './message-routes';
import type { ApiRoute } from './route';
import { SANDBOX_ROUTES } from './sandbox-routes';

/** Every operation of the API, in the order of its OpenAPI description. */
export const API_ROUTES: readonly ApiRoute[] = [...MESSAGE_ROUTES, ...SANDBOX_ROUTES];
