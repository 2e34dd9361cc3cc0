import { literal } from "../remote-host/expressions.js";

/** Docker's own health check of a container. */
export interface HealthCheck {
  /** Shell command inside the container. */
  readonly command: string;
  /** Seconds between two checks. */
  readonly interval: number;
  /** Seconds one check may take. */
  readonly timeout: number;
  /** Failures in a row before the container counts as unhealthy. */
  readonly retries: number;
  /** Seconds after the start in which failures do not count. */
  readonly startPeriod: number;
}

/** The block of a docker_container or docker_service. */
export function healthCheckBlock(check: HealthCheck, spelled = duration) {
  return {
    test: ["CMD-SHELL", literal(check.command)],
    interval: spelled(check.interval),
    timeout: spelled(check.timeout),
    retries: check.retries,
    startPeriod: spelled(check.startPeriod),
  };
}

/** The check as a plan shows it. */
export function healthCheckText(check: HealthCheck): string {
  return `${check.command}; every ${check.interval}s, timeout ${check.timeout}s, retries ${check.retries}, start period ${check.startPeriod}s`;
}

/** Seconds the way Go prints them (`1m0s`): the provider reads them back like that. */
export function duration(seconds: number): string {
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const rest = `${seconds % 60}s`;
  if (hours > 0) return `${hours}h${minutes}m${rest}`;
  return minutes > 0 ? `${minutes}m${rest}` : rest;
}
