import { joinKql, type Kql, kql } from '../kql/quote.js';
import { NO_SERVICE } from '../model/telemetry.js';

/** What a component and the workspace that stores it call the same columns. */
export interface TelemetryNames {
  readonly time: Kql;
  readonly dimensions: Kql;
  readonly role: Kql;
  readonly instance: Kql;
  readonly weight: Kql;
}

export const CLASSIC: TelemetryNames = {
  time: kql`timestamp`,
  dimensions: kql`customDimensions`,
  role: kql`cloud_RoleName`,
  instance: kql`cloud_RoleInstance`,
  weight: kql`itemCount`,
};

/** Known from: documented, "Workspace-based resource changes". */
export const WORKSPACE: TelemetryNames = {
  time: kql`TimeGenerated`,
  dimensions: kql`Properties`,
  role: kql`AppRoleName`,
  instance: kql`AppRoleInstance`,
  weight: kql`ItemCount`,
};

const NO_NAMES = joinKql(
  NO_SERVICE.map((name) => kql`${name}`),
  ', ',
);

/** Where a row may name its service, the best first. OpenTelemetry servers may nest the dimensions. */
function serviceNames({ dimensions, role }: TelemetryNames): readonly Kql[] {
  return [
    kql`tostring(${dimensions}["Service Name"])`,
    kql`tostring(parse_json(tostring(${dimensions}.custom_dimensions))["Service Name"])`,
    role,
  ];
}

/** Whether a row is of a service. */
export function isOfService(service: string, names: TelemetryNames): Kql {
  return joinKql(
    serviceNames(names).map((name) => kql`${name} =~ ${service}`),
    ' or ',
  );
}

/** Whether a row names no service. */
export function isNameless(names: TelemetryNames): Kql {
  return joinKql(
    serviceNames(names).map((name) => kql`${name} in (${NO_NAMES})`),
    ' and ',
  );
}

/** The service that a row names, empty if it names none. */
export function serviceOfRow(names: TelemetryNames): Kql {
  const cases = serviceNames(names).map((name) => kql`${name} !in (${NO_NAMES}), ${name}`);
  return kql`case(${joinKql(cases, ', ')}, "")`;
}
