/** The providers that are stood in for, by their local names, at the versions that the stand-ins follow. */
export const VERSIONS = {
  docker: { source: "kreuzwerker/docker", version: "4.5.0" },
  random: { source: "hashicorp/random", version: "3.9.0" },
  null: { source: "hashicorp/null", version: "3.2.4" },
  external: { source: "hashicorp/external", version: "2.4.0" },
} as const;
