import type { Cloud } from './cloud.js';
import type { Links } from './gateways.js';

/** @param tenantId the tenant to open the pages in, where the workspace does not say it */
export function createLinks(cloud: Cloud, tenantId: string | undefined): Links {
  return {
    studio(workspace, target) {
      const path = target
        ? `/endpoints/realtime/${encodeURIComponent(target.service)}/detail`
        : '/';
      const query = new URLSearchParams({ wsid: workspace.resourceId });
      const tenant = workspace.tenantId ?? tenantId;
      if (tenant) query.set('tid', tenant);
      return `${cloud.studio}${path}?${query}`;
    },
    portal(resourceId, ofTenant) {
      const tenant = ofTenant ?? tenantId;
      return `${cloud.portal}/#${tenant ? `@${tenant}/` : ''}resource${resourceId}`;
    },
  };
}
