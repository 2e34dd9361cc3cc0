/**
 * The providers of every stack, by their local names: the only place that pins their versions. The stand-ins of the lab
 * claim the same ones. The bindings are older and would require their own (see docs/design.md).
 */
export const PROVIDERS = {
  docker: { source: "kreuzwerker/docker", version: "4.5.0" },
  random: { source: "hashicorp/random", version: "3.9.0" },
  null: { source: "hashicorp/null", version: "3.3.1" },
  external: { source: "hashicorp/external", version: "2.4.0" },
} as const;
