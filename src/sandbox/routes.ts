import { ENTRA_ROUTES, type EntraAsked } from './entra/routes';
import { GRAPH_ROUTES, type GraphRoute } from './graph/routes';
import { UPLOAD_ROUTES, type UploadAsked } from './graph/upload-url';
import { matchRoutes, pathSegments, type Route, type RouteMatch } from './http/route';

/** Every request that the sandbox implements. */
export const ROUTES: readonly Pick<Route, 'method' | 'path' | 'fault'>[] = [
  ...ENTRA_ROUTES,
  ...GRAPH_ROUTES,
  ...UPLOAD_ROUTES,
];

/** The service of a path, with its routes there. */
export type Target =
  | { service: 'graph'; match: RouteMatch<GraphRoute>; segments: readonly string[] }
  | { service: 'upload'; match: RouteMatch<Route<UploadAsked>> }
  | { service: 'entra'; match: RouteMatch<Route<EntraAsked>> };

/**
 * Tells the services apart by the path alone, so one handler works behind any host name. Undefined if it is no
 * service.
 */
export function findTarget(path: string): Target | undefined {
  const segments = pathSegments(path);
  if (segments === undefined) return undefined;
  if (/^(?:v1\.0|beta)$/i.test(segments[0] ?? '')) {
    return { service: 'graph', match: matchRoutes(GRAPH_ROUTES, segments), segments };
  }
  const upload = matchRoutes(UPLOAD_ROUTES, segments);
  if (upload.routes.length > 0) return { service: 'upload', match: upload };
  const entra = matchRoutes(ENTRA_ROUTES, segments);
  return entra.routes.length > 0 ? { service: 'entra', match: entra } : undefined;
}
